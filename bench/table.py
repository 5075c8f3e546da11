"""The figures as one table for people, and the gate on what must not grow."""

TOLERANCE = 0.05
DIGITS = {'instructions': 0, 'queries/s': 0, 'us': 3, 'ratio': 3}


def show(figures):
    codec = [f for f in figures if f['work'] == 'codec']
    others = [f for f in figures if f['work'] != 'codec']
    if others:
        print(f'\n{"work":13}{"mode":22}{"who":24}{"median":>11}{"min":>11}{"max":>11}{"runs":>6}  unit')
    for f in others:
        digits = DIGITS.get(f['unit'], 2)
        numbers = ''.join(f'{f[key]:11.{digits}f}' for key in ('median', 'min', 'max'))
        print(f'{f["work"]:13}{f["mode"]:22}{f["who"]:24}{numbers}{f["runs"]:6}  {f["unit"]}')
    if codec:
        print(f'\n{"codec, medians in ns":46}{"encode":>10}{"decode":>10}{"memcpy":>10}')
    lines = {}
    for f in codec:
        what, name = f['mode'].split(' ', 1)
        lines.setdefault(name, {})[what if f['who'] == 'pgwire' else f['who']] = f['median']
    for name, line in lines.items():
        print(f'{name:46}' + ''.join(f'{line[key]:10.1f}' if key in line else f'{"":10}'
                                     for key in ('encode', 'decode', 'memcpy')))


def check(recorded, figures):
    """Compares with what was recorded.
    @return how many are as good, and how many have grown"""
    now = {(f['work'], f['mode'], f['who']): f['median'] for f in figures}
    good = grown = 0
    for f in recorded:
        key = (f['work'], f['mode'], f['who'])
        if key not in now:
            continue
        was, limit = f['median'], f['median'] * (1 + TOLERANCE) + 0.02
        text = f'{" ".join(key)}: {now[key]:g} {f["unit"]} per query, recorded are {was:g}'
        if now[key] > limit:
            grown += 1
            print(f'grown: {text}')
        else:
            good += 1
            if now[key] < was * (1 - TOLERANCE) - 0.02:
                print(f'less:  {text}; bench/run.sh --record keeps it')
    for (work, mode, who), median in now.items():
        plain = now.get((work, mode, 'echo'))
        if who == 'layered_echo' and plain is not None and median > plain * 1.015 + 0.02:
            grown += 1
            print(f'grown: {work} {mode}: a layer that changes nothing makes {plain:g} into {median:g}')
    return good, grown
