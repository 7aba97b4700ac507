/* expect: nobody_waits_for_ever */
#define HOLE
#include "rollback-caller.pml"
