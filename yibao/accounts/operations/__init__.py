"""What changes accounts, sign-ins and second factors."""

from yibao.accounts.operations.factor import (
    CodeRefused,
    OwnFactor,
    renew_recovery_codes,
    reset_factor,
    set_up_factor,
    use_code,
)
from yibao.accounts.operations.people import (
    DEMO,
    LOADER,
    RELEASE,
    Access,
    UsernameTaken,
    access_of,
    create_demo_staff,
    create_roles,
    ensure_system_actors,
    record_access,
)
from yibao.accounts.operations.sign_in import (
    change_password,
    count_attempt,
    end_other_sessions,
    forget_attempts,
    record_failure,
    record_password_set,
    record_sign_in,
    record_sign_out,
)

__all__ = [
    "DEMO",
    "LOADER",
    "RELEASE",
    "Access",
    "CodeRefused",
    "OwnFactor",
    "UsernameTaken",
    "access_of",
    "change_password",
    "count_attempt",
    "create_demo_staff",
    "create_roles",
    "end_other_sessions",
    "ensure_system_actors",
    "forget_attempts",
    "record_access",
    "record_failure",
    "record_password_set",
    "record_sign_in",
    "record_sign_out",
    "renew_recovery_codes",
    "reset_factor",
    "set_up_factor",
    "use_code",
]
