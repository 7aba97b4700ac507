/* As rollback.pml, with the calls from the guest: it is the caller that returns to the past. */
#define CALLER GUEST
#include "rollback.pml"
