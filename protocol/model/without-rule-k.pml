/* expect: a_reply_is_for_this_call */
#define WITHOUT_K
#include "rollback-caller.pml"
