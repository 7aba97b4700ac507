/* expect: answer_is_to_this_hello */
#define WITHOUT_I
#include "handshake.pml"
