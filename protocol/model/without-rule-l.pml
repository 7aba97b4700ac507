/* expect: a_copy_runs_nothing */
#define WITHOUT_L
#include "copy.pml"
