/* The handshake as in handshake.pml, and a checkpoint of either side that is applied at any later time. */
#define CHECKPOINTS
#ifndef FAULTS
#define FAULTS 2
#endif
#include "handshake.pml"
