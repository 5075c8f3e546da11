"""The figures as one table for people, and the gate on what must not grow."""

TOLERANCE = 0.05
DIGITS = {'instructions': 0, 'queries/s': 0, 'MB/s': 0, 'us': 3, 'ratio': 3}
CODEC_COLUMNS = tuple((what, unit) for what in ('encode', 'decode', 'memcpy') for unit in ('ns', 'GB/s'))


def show(figures):
    messages = [f for f in figures if is_of_messages(f)]
    others = [f for f in figures if not is_of_messages(f)]
    if others:
        mode, who = (max(len(f[key]) for f in others) + 2 for key in ('mode', 'who'))
        print(f'\n{"work":14}{"mode":{mode}}{"who":{who}}{"median":>11}{"min":>11}{"max":>11}{"runs":>6}  unit')
    for f in others:
        digits = DIGITS.get(f['unit'], 2)
        numbers = ''.join(f'{f[key]:11.{digits}f}' for key in ('median', 'min', 'max'))
        print(f'{f["work"]:14}{f["mode"]:{mode}}{f["who"]:{who}}{numbers}{f["runs"]:6}  {f["unit"]}')
    if messages:
        print(f'\n{"codec, medians":46}' + ''.join(f'{what + " " + unit:>13}' for what, unit in CODEC_COLUMNS))
    lines = {}
    for f in messages:
        what, name = f['mode'].split(' ', 1)
        lines.setdefault(name, {})[what if f['who'] == 'pgwire' else f['who'], f['unit']] = f['median']
    for name, line in lines.items():
        print(f'{name:46}' + ''.join(f'{line[column]:13.1f}' if column in line else f'{"":13}' for column in CODEC_COLUMNS))


def is_of_messages(figure):
    """Encoding and decoding of whole messages stand in one line each."""
    return figure['work'] == 'codec' and figure['who'] in ('pgwire', 'memcpy') and figure['mode'].split()[0] in ('encode', 'decode')


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
