// SQLSTATE: the five characters that say what kind of error or warning a message is, and their names.
//
// Floor 0, standard library only. Source: PostgreSQL documentation, Appendix A; the names are its condition names as
// the server's own source spells them.
#pragma once

#include <array>
#include <string_view>

namespace pgwire {

/// Five characters, digits and upper-case letters; anything else in a literal is a compile error.
class sqlstate {
public:
    /// `00000`, successful completion.
    constexpr sqlstate() noexcept = default;

    consteval sqlstate(char const (&literal)[6]) {  // NOLINT: a literal is a SQLSTATE
        for (unsigned i = 0; i != 5; ++i) {
            if (!allowed(literal[i])) a_sqlstate_is_five_digits_or_upper_case_letters();
            code_[i] = literal[i];
        }
    }

    /// A SQLSTATE from outside; what is not one becomes `XX000`, internal error.
    [[nodiscard]] static constexpr sqlstate parse(std::string_view text) noexcept {
        sqlstate result;
        if (text.size() != 5) return internal();
        for (unsigned i = 0; i != 5; ++i) {
            if (!allowed(text[i])) return internal();
            result.code_[i] = text[i];
        }
        return result;
    }

    /// The five characters; the view lives as long as this object.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {code_.data(), code_.size()}; }

    /// The class, the first two characters, of which a client may know more than of the whole code.
    [[nodiscard]] constexpr std::string_view category() const noexcept { return view().substr(0, 2); }

    friend constexpr bool operator==(sqlstate const&, sqlstate const&) = default;

private:
    static void a_sqlstate_is_five_digits_or_upper_case_letters() {}  // not constexpr, so its name is the compile error
    static constexpr bool allowed(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }
    static constexpr sqlstate internal() noexcept {
        sqlstate s;
        s.code_ = {'X', 'X', '0', '0', '0'};
        return s;
    }

    std::array<char, 5> code_{'0', '0', '0', '0', '0'};
};

/// Every named SQLSTATE of PostgreSQL.
namespace sqlstates {

// Class 00 - Successful Completion
inline constexpr sqlstate successful_completion{"00000"};

// Class 01 - Warning
inline constexpr sqlstate warning{"01000"};
inline constexpr sqlstate warning_dynamic_result_sets_returned{"0100C"};
inline constexpr sqlstate warning_implicit_zero_bit_padding{"01008"};
inline constexpr sqlstate warning_null_value_eliminated_in_set_function{"01003"};
inline constexpr sqlstate warning_privilege_not_granted{"01007"};
inline constexpr sqlstate warning_privilege_not_revoked{"01006"};
inline constexpr sqlstate warning_string_data_right_truncation{"01004"};
inline constexpr sqlstate warning_deprecated_feature{"01P01"};

// Class 02 - No Data (this is also a warning class per the SQL standard)
inline constexpr sqlstate no_data{"02000"};
inline constexpr sqlstate no_additional_dynamic_result_sets_returned{"02001"};

// Class 03 - SQL Statement Not Yet Complete
inline constexpr sqlstate sql_statement_not_yet_complete{"03000"};

// Class 08 - Connection Exception
inline constexpr sqlstate connection_exception{"08000"};
inline constexpr sqlstate connection_does_not_exist{"08003"};
inline constexpr sqlstate connection_failure{"08006"};
inline constexpr sqlstate sqlclient_unable_to_establish_sqlconnection{"08001"};
inline constexpr sqlstate sqlserver_rejected_establishment_of_sqlconnection{"08004"};
inline constexpr sqlstate transaction_resolution_unknown{"08007"};
inline constexpr sqlstate protocol_violation{"08P01"};

// Class 09 - Triggered Action Exception
inline constexpr sqlstate triggered_action_exception{"09000"};

// Class 0A - Feature Not Supported
inline constexpr sqlstate feature_not_supported{"0A000"};

// Class 0B - Invalid Transaction Initiation
inline constexpr sqlstate invalid_transaction_initiation{"0B000"};

// Class 0F - Locator Exception
inline constexpr sqlstate locator_exception{"0F000"};
inline constexpr sqlstate l_e_invalid_specification{"0F001"};

// Class 0L - Invalid Grantor
inline constexpr sqlstate invalid_grantor{"0L000"};
inline constexpr sqlstate invalid_grant_operation{"0LP01"};

// Class 0P - Invalid Role Specification
inline constexpr sqlstate invalid_role_specification{"0P000"};

// Class 0Z - Diagnostics Exception
inline constexpr sqlstate diagnostics_exception{"0Z000"};
inline constexpr sqlstate stacked_diagnostics_accessed_without_active_handler{"0Z002"};

// Class 20 - Case Not Found
inline constexpr sqlstate case_not_found{"20000"};

// Class 21 - Cardinality Violation
inline constexpr sqlstate cardinality_violation{"21000"};

// Class 22 - Data Exception
inline constexpr sqlstate data_exception{"22000"};
inline constexpr sqlstate array_element_error{"2202E"};
inline constexpr sqlstate array_subscript_error{"2202E"};
inline constexpr sqlstate character_not_in_repertoire{"22021"};
inline constexpr sqlstate datetime_field_overflow{"22008"};
inline constexpr sqlstate datetime_value_out_of_range{"22008"};
inline constexpr sqlstate division_by_zero{"22012"};
inline constexpr sqlstate error_in_assignment{"22005"};
inline constexpr sqlstate escape_character_conflict{"2200B"};
inline constexpr sqlstate indicator_overflow{"22022"};
inline constexpr sqlstate interval_field_overflow{"22015"};
inline constexpr sqlstate invalid_argument_for_log{"2201E"};
inline constexpr sqlstate invalid_argument_for_ntile{"22014"};
inline constexpr sqlstate invalid_argument_for_nth_value{"22016"};
inline constexpr sqlstate invalid_argument_for_power_function{"2201F"};
inline constexpr sqlstate invalid_argument_for_width_bucket_function{"2201G"};
inline constexpr sqlstate invalid_character_value_for_cast{"22018"};
inline constexpr sqlstate invalid_datetime_format{"22007"};
inline constexpr sqlstate invalid_escape_character{"22019"};
inline constexpr sqlstate invalid_escape_octet{"2200D"};
inline constexpr sqlstate invalid_escape_sequence{"22025"};
inline constexpr sqlstate nonstandard_use_of_escape_character{"22P06"};
inline constexpr sqlstate invalid_indicator_parameter_value{"22010"};
inline constexpr sqlstate invalid_parameter_value{"22023"};
inline constexpr sqlstate invalid_preceding_or_following_size{"22013"};
inline constexpr sqlstate invalid_regular_expression{"2201B"};
inline constexpr sqlstate invalid_row_count_in_limit_clause{"2201W"};
inline constexpr sqlstate invalid_row_count_in_result_offset_clause{"2201X"};
inline constexpr sqlstate invalid_tablesample_argument{"2202H"};
inline constexpr sqlstate invalid_tablesample_repeat{"2202G"};
inline constexpr sqlstate invalid_time_zone_displacement_value{"22009"};
inline constexpr sqlstate invalid_use_of_escape_character{"2200C"};
inline constexpr sqlstate most_specific_type_mismatch{"2200G"};
inline constexpr sqlstate null_value_not_allowed{"22004"};
inline constexpr sqlstate null_value_no_indicator_parameter{"22002"};
inline constexpr sqlstate numeric_value_out_of_range{"22003"};
inline constexpr sqlstate sequence_generator_limit_exceeded{"2200H"};
inline constexpr sqlstate string_data_length_mismatch{"22026"};
inline constexpr sqlstate string_data_right_truncation{"22001"};
inline constexpr sqlstate substring_error{"22011"};
inline constexpr sqlstate trim_error{"22027"};
inline constexpr sqlstate unterminated_c_string{"22024"};
inline constexpr sqlstate zero_length_character_string{"2200F"};
inline constexpr sqlstate floating_point_exception{"22P01"};
inline constexpr sqlstate invalid_text_representation{"22P02"};
inline constexpr sqlstate invalid_binary_representation{"22P03"};
inline constexpr sqlstate bad_copy_file_format{"22P04"};
inline constexpr sqlstate untranslatable_character{"22P05"};
inline constexpr sqlstate not_an_xml_document{"2200L"};
inline constexpr sqlstate invalid_xml_document{"2200M"};
inline constexpr sqlstate invalid_xml_content{"2200N"};
inline constexpr sqlstate invalid_xml_comment{"2200S"};
inline constexpr sqlstate invalid_xml_processing_instruction{"2200T"};
inline constexpr sqlstate duplicate_json_object_key_value{"22030"};
inline constexpr sqlstate invalid_argument_for_sql_json_datetime_function{"22031"};
inline constexpr sqlstate invalid_json_text{"22032"};
inline constexpr sqlstate invalid_sql_json_subscript{"22033"};
inline constexpr sqlstate more_than_one_sql_json_item{"22034"};
inline constexpr sqlstate no_sql_json_item{"22035"};
inline constexpr sqlstate non_numeric_sql_json_item{"22036"};
inline constexpr sqlstate non_unique_keys_in_a_json_object{"22037"};
inline constexpr sqlstate singleton_sql_json_item_required{"22038"};
inline constexpr sqlstate sql_json_array_not_found{"22039"};
inline constexpr sqlstate sql_json_member_not_found{"2203A"};
inline constexpr sqlstate sql_json_number_not_found{"2203B"};
inline constexpr sqlstate sql_json_object_not_found{"2203C"};
inline constexpr sqlstate too_many_json_array_elements{"2203D"};
inline constexpr sqlstate too_many_json_object_members{"2203E"};
inline constexpr sqlstate sql_json_scalar_required{"2203F"};
inline constexpr sqlstate sql_json_item_cannot_be_cast_to_target_type{"2203G"};

// Class 23 - Integrity Constraint Violation
inline constexpr sqlstate integrity_constraint_violation{"23000"};
inline constexpr sqlstate restrict_violation{"23001"};
inline constexpr sqlstate not_null_violation{"23502"};
inline constexpr sqlstate foreign_key_violation{"23503"};
inline constexpr sqlstate unique_violation{"23505"};
inline constexpr sqlstate check_violation{"23514"};
inline constexpr sqlstate exclusion_violation{"23P01"};

// Class 24 - Invalid Cursor State
inline constexpr sqlstate invalid_cursor_state{"24000"};

// Class 25 - Invalid Transaction State
inline constexpr sqlstate invalid_transaction_state{"25000"};
inline constexpr sqlstate active_sql_transaction{"25001"};
inline constexpr sqlstate branch_transaction_already_active{"25002"};
inline constexpr sqlstate held_cursor_requires_same_isolation_level{"25008"};
inline constexpr sqlstate inappropriate_access_mode_for_branch_transaction{"25003"};
inline constexpr sqlstate inappropriate_isolation_level_for_branch_transaction{"25004"};
inline constexpr sqlstate no_active_sql_transaction_for_branch_transaction{"25005"};
inline constexpr sqlstate read_only_sql_transaction{"25006"};
inline constexpr sqlstate schema_and_data_statement_mixing_not_supported{"25007"};
inline constexpr sqlstate no_active_sql_transaction{"25P01"};
inline constexpr sqlstate in_failed_sql_transaction{"25P02"};
inline constexpr sqlstate idle_in_transaction_session_timeout{"25P03"};

// Class 26 - Invalid SQL Statement Name
inline constexpr sqlstate invalid_sql_statement_name{"26000"};

// Class 27 - Triggered Data Change Violation
inline constexpr sqlstate triggered_data_change_violation{"27000"};

// Class 28 - Invalid Authorization Specification
inline constexpr sqlstate invalid_authorization_specification{"28000"};
inline constexpr sqlstate invalid_password{"28P01"};

// Class 2B - Dependent Privilege Descriptors Still Exist
inline constexpr sqlstate dependent_privilege_descriptors_still_exist{"2B000"};
inline constexpr sqlstate dependent_objects_still_exist{"2BP01"};

// Class 2D - Invalid Transaction Termination
inline constexpr sqlstate invalid_transaction_termination{"2D000"};

// Class 2F - SQL Routine Exception
inline constexpr sqlstate sql_routine_exception{"2F000"};
inline constexpr sqlstate s_r_e_function_executed_no_return_statement{"2F005"};
inline constexpr sqlstate s_r_e_modifying_sql_data_not_permitted{"2F002"};
inline constexpr sqlstate s_r_e_prohibited_sql_statement_attempted{"2F003"};
inline constexpr sqlstate s_r_e_reading_sql_data_not_permitted{"2F004"};

// Class 34 - Invalid Cursor Name
inline constexpr sqlstate invalid_cursor_name{"34000"};

// Class 38 - External Routine Exception
inline constexpr sqlstate external_routine_exception{"38000"};
inline constexpr sqlstate e_r_e_containing_sql_not_permitted{"38001"};
inline constexpr sqlstate e_r_e_modifying_sql_data_not_permitted{"38002"};
inline constexpr sqlstate e_r_e_prohibited_sql_statement_attempted{"38003"};
inline constexpr sqlstate e_r_e_reading_sql_data_not_permitted{"38004"};

// Class 39 - External Routine Invocation Exception
inline constexpr sqlstate external_routine_invocation_exception{"39000"};
inline constexpr sqlstate e_r_i_e_invalid_sqlstate_returned{"39001"};
inline constexpr sqlstate e_r_i_e_null_value_not_allowed{"39004"};
inline constexpr sqlstate e_r_i_e_trigger_protocol_violated{"39P01"};
inline constexpr sqlstate e_r_i_e_srf_protocol_violated{"39P02"};
inline constexpr sqlstate e_r_i_e_event_trigger_protocol_violated{"39P03"};

// Class 3B - Savepoint Exception
inline constexpr sqlstate savepoint_exception{"3B000"};
inline constexpr sqlstate s_e_invalid_specification{"3B001"};

// Class 3D - Invalid Catalog Name
inline constexpr sqlstate invalid_catalog_name{"3D000"};

// Class 3F - Invalid Schema Name
inline constexpr sqlstate invalid_schema_name{"3F000"};

// Class 40 - Transaction Rollback
inline constexpr sqlstate transaction_rollback{"40000"};
inline constexpr sqlstate t_r_integrity_constraint_violation{"40002"};
inline constexpr sqlstate t_r_serialization_failure{"40001"};
inline constexpr sqlstate t_r_statement_completion_unknown{"40003"};
inline constexpr sqlstate t_r_deadlock_detected{"40P01"};

// Class 42 - Syntax Error or Access Rule Violation
inline constexpr sqlstate syntax_error_or_access_rule_violation{"42000"};
inline constexpr sqlstate syntax_error{"42601"};
inline constexpr sqlstate insufficient_privilege{"42501"};
inline constexpr sqlstate cannot_coerce{"42846"};
inline constexpr sqlstate grouping_error{"42803"};
inline constexpr sqlstate windowing_error{"42P20"};
inline constexpr sqlstate invalid_recursion{"42P19"};
inline constexpr sqlstate invalid_foreign_key{"42830"};
inline constexpr sqlstate invalid_name{"42602"};
inline constexpr sqlstate name_too_long{"42622"};
inline constexpr sqlstate reserved_name{"42939"};
inline constexpr sqlstate datatype_mismatch{"42804"};
inline constexpr sqlstate indeterminate_datatype{"42P18"};
inline constexpr sqlstate collation_mismatch{"42P21"};
inline constexpr sqlstate indeterminate_collation{"42P22"};
inline constexpr sqlstate wrong_object_type{"42809"};
inline constexpr sqlstate generated_always{"428C9"};
inline constexpr sqlstate undefined_column{"42703"};
inline constexpr sqlstate undefined_cursor{"34000"};
inline constexpr sqlstate undefined_database{"3D000"};
inline constexpr sqlstate undefined_function{"42883"};
inline constexpr sqlstate undefined_pstatement{"26000"};
inline constexpr sqlstate undefined_schema{"3F000"};
inline constexpr sqlstate undefined_table{"42P01"};
inline constexpr sqlstate undefined_parameter{"42P02"};
inline constexpr sqlstate undefined_object{"42704"};
inline constexpr sqlstate duplicate_column{"42701"};
inline constexpr sqlstate duplicate_cursor{"42P03"};
inline constexpr sqlstate duplicate_database{"42P04"};
inline constexpr sqlstate duplicate_function{"42723"};
inline constexpr sqlstate duplicate_pstatement{"42P05"};
inline constexpr sqlstate duplicate_schema{"42P06"};
inline constexpr sqlstate duplicate_table{"42P07"};
inline constexpr sqlstate duplicate_alias{"42712"};
inline constexpr sqlstate duplicate_object{"42710"};
inline constexpr sqlstate ambiguous_column{"42702"};
inline constexpr sqlstate ambiguous_function{"42725"};
inline constexpr sqlstate ambiguous_parameter{"42P08"};
inline constexpr sqlstate ambiguous_alias{"42P09"};
inline constexpr sqlstate invalid_column_reference{"42P10"};
inline constexpr sqlstate invalid_column_definition{"42611"};
inline constexpr sqlstate invalid_cursor_definition{"42P11"};
inline constexpr sqlstate invalid_database_definition{"42P12"};
inline constexpr sqlstate invalid_function_definition{"42P13"};
inline constexpr sqlstate invalid_pstatement_definition{"42P14"};
inline constexpr sqlstate invalid_schema_definition{"42P15"};
inline constexpr sqlstate invalid_table_definition{"42P16"};
inline constexpr sqlstate invalid_object_definition{"42P17"};

// Class 44 - WITH CHECK OPTION Violation
inline constexpr sqlstate with_check_option_violation{"44000"};

// Class 53 - Insufficient Resources
inline constexpr sqlstate insufficient_resources{"53000"};
inline constexpr sqlstate disk_full{"53100"};
inline constexpr sqlstate out_of_memory{"53200"};
inline constexpr sqlstate too_many_connections{"53300"};
inline constexpr sqlstate configuration_limit_exceeded{"53400"};

// Class 54 - Program Limit Exceeded
inline constexpr sqlstate program_limit_exceeded{"54000"};
inline constexpr sqlstate statement_too_complex{"54001"};
inline constexpr sqlstate too_many_columns{"54011"};
inline constexpr sqlstate too_many_arguments{"54023"};

// Class 55 - Object Not In Prerequisite State
inline constexpr sqlstate object_not_in_prerequisite_state{"55000"};
inline constexpr sqlstate object_in_use{"55006"};
inline constexpr sqlstate cant_change_runtime_param{"55P02"};
inline constexpr sqlstate lock_not_available{"55P03"};
inline constexpr sqlstate unsafe_new_enum_value_usage{"55P04"};

// Class 57 - Operator Intervention
inline constexpr sqlstate operator_intervention{"57000"};
inline constexpr sqlstate query_canceled{"57014"};
inline constexpr sqlstate admin_shutdown{"57P01"};
inline constexpr sqlstate crash_shutdown{"57P02"};
inline constexpr sqlstate cannot_connect_now{"57P03"};
inline constexpr sqlstate database_dropped{"57P04"};
inline constexpr sqlstate idle_session_timeout{"57P05"};

// Class 58 - System Error (errors external to PostgreSQL itself)
inline constexpr sqlstate system_error{"58000"};
inline constexpr sqlstate io_error{"58030"};
inline constexpr sqlstate undefined_file{"58P01"};
inline constexpr sqlstate duplicate_file{"58P02"};

// Class 72 - Snapshot Failure
inline constexpr sqlstate snapshot_too_old{"72000"};

// Class F0 - Configuration File Error
inline constexpr sqlstate config_file_error{"F0000"};
inline constexpr sqlstate lock_file_exists{"F0001"};

// Class HV - Foreign Data Wrapper Error (SQL/MED)
inline constexpr sqlstate fdw_error{"HV000"};
inline constexpr sqlstate fdw_column_name_not_found{"HV005"};
inline constexpr sqlstate fdw_dynamic_parameter_value_needed{"HV002"};
inline constexpr sqlstate fdw_function_sequence_error{"HV010"};
inline constexpr sqlstate fdw_inconsistent_descriptor_information{"HV021"};
inline constexpr sqlstate fdw_invalid_attribute_value{"HV024"};
inline constexpr sqlstate fdw_invalid_column_name{"HV007"};
inline constexpr sqlstate fdw_invalid_column_number{"HV008"};
inline constexpr sqlstate fdw_invalid_data_type{"HV004"};
inline constexpr sqlstate fdw_invalid_data_type_descriptors{"HV006"};
inline constexpr sqlstate fdw_invalid_descriptor_field_identifier{"HV091"};
inline constexpr sqlstate fdw_invalid_handle{"HV00B"};
inline constexpr sqlstate fdw_invalid_option_index{"HV00C"};
inline constexpr sqlstate fdw_invalid_option_name{"HV00D"};
inline constexpr sqlstate fdw_invalid_string_length_or_buffer_length{"HV090"};
inline constexpr sqlstate fdw_invalid_string_format{"HV00A"};
inline constexpr sqlstate fdw_invalid_use_of_null_pointer{"HV009"};
inline constexpr sqlstate fdw_too_many_handles{"HV014"};
inline constexpr sqlstate fdw_out_of_memory{"HV001"};
inline constexpr sqlstate fdw_no_schemas{"HV00P"};
inline constexpr sqlstate fdw_option_name_not_found{"HV00J"};
inline constexpr sqlstate fdw_reply_handle{"HV00K"};
inline constexpr sqlstate fdw_schema_not_found{"HV00Q"};
inline constexpr sqlstate fdw_table_not_found{"HV00R"};
inline constexpr sqlstate fdw_unable_to_create_execution{"HV00L"};
inline constexpr sqlstate fdw_unable_to_create_reply{"HV00M"};
inline constexpr sqlstate fdw_unable_to_establish_connection{"HV00N"};

// Class P0 - PL/pgSQL Error
inline constexpr sqlstate plpgsql_error{"P0000"};
inline constexpr sqlstate raise_exception{"P0001"};
inline constexpr sqlstate no_data_found{"P0002"};
inline constexpr sqlstate too_many_rows{"P0003"};
inline constexpr sqlstate assert_failure{"P0004"};

// Class XX - Internal Error
inline constexpr sqlstate internal_error{"XX000"};
inline constexpr sqlstate data_corrupted{"XX001"};
inline constexpr sqlstate index_corrupted{"XX002"};

}  // namespace sqlstates

}  // namespace pgwire
