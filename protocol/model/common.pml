/* What all models share. */
#define HOST 0
#define GUEST 1

/* A state that must be reachable, or the model proves nothing. The complete search says which of these it never came
   to; "check.sh reach MODEL N" defines GOAL and so gets the events that lead to one. */
#ifndef GOAL
#define GOAL 0
#endif
#define reached(n) assert((n) != GOAL)
