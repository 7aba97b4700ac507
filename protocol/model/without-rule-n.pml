/* expect: not_run_did_not_run */
#define WITHOUT_N
#include "rollback.pml"
