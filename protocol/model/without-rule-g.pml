/* expect: nobody_waits_for_ever */
#define WITHOUT_G
#include "alphabet.pml"
