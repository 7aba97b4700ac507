/* expect: nobody_waits_for_ever */
#define WITHOUT_REFUSING
#include "rollback-caller.pml"
