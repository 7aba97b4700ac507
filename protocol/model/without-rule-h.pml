/* expect: one_text_under_one_number */
#define WITHOUT_H
#include "alphabet.pml"
