# The rooms of src/, lowest first, and which rooms each may include. The
# Makefile links a room's unit tests with these and no others, and
# scripts/check-rooms.sh holds every #include to them.
ROOMS := core model store fetch resolve lists reputation reports calls history screen sip api cli app

USES_core       :=
USES_model      := core
USES_store      := core
USES_fetch      := core
USES_resolve    := core
USES_lists      := core model store
USES_reputation := core model store fetch
USES_reports    := core model store
USES_calls      := core model store
USES_history    := core model store
USES_screen     := core model lists reputation reports calls history
USES_sip        := core model resolve
USES_api        := core model store lists reputation reports calls screen
USES_cli        := core model store fetch lists reputation reports calls history screen
USES_app        := core model store fetch resolve lists reputation reports calls history screen sip api
