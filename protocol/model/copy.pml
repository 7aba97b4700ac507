/*
 * A virtual machine that is copied with its tables (link.md, section 6.20; rule l).
 *
 * What is here: a host with a link to a guest and one call for it; a copy of the guest, made from its memory as it was
 * at one moment and its tables as they were at that or a later one, and started at any time; the suspicion of the copy,
 * which learns from the generation id what it is before it reads anything; and a false alarm in the original. The host
 * answers what it reads in the original's table; the copy's tables are its own, and nobody writes to them.
 *
 * Bounds: one call, one copy, one false alarm. That the random number of a suspicion has not been used before is what
 * makes it random: the model draws a new one each time.
 */
#include "common.pml"

#define ORIGINAL 0
#define COPY 1

/* What the host's table says, by guest. */
byte packet[2];
byte answer[2];

/* What a guest remembers. */
byte accepted[2];
byte nudge[2];
byte proof[2];    /* the answer without which it delivers nothing; 0 when it suspects nothing */

byte table_nudge; /* the original's table */
byte drawn = 2;   /* random numbers that were drawn */
byte runs[2];
bool was_alarmed;

bool is_kept, is_started;
byte k_accepted, k_nudge;

hidden byte a_copy_runs_nothing;
hidden byte the_original_goes_on;

#ifdef WITHOUT_L
#define suspect(who) skip
#else
#ifdef WITHOUT_L_RANDOM
#define suspect(who) nudge[who]++; proof[who] = nudge[who]
#else
#define suspect(who) drawn++; nudge[who] = drawn; proof[who] = nudge[who]
#endif
#endif

proctype Host() {
end:
  do
  :: d_step { packet[ORIGINAL] == 0 -> packet[ORIGINAL] = 1; printf("the host calls\n") }
  :: d_step { table_nudge > answer[ORIGINAL] -> answer[ORIGINAL] = table_nudge;
      printf("the host answers the nudge %d\n", table_nudge) }
  od
}

proctype Guest(bool who) {
end:
  do
  :: atomic { (who == ORIGINAL || is_started) && proof[who] == 0 && packet[who] > accepted[who] ->
      accepted[who]++; runs[who]++;
      a_copy_runs_nothing = !runs[COPY];
      assert(a_copy_runs_nothing);
      if :: was_alarmed -> reached(1) :: else fi }
  :: atomic { (who == ORIGINAL || is_started) && proof[who] && answer[who] == proof[who] ->
      printf("%e has its proof\n", 2 - who);
      proof[who] = 0 }
  :: atomic { who == ORIGINAL && nudge[who] > table_nudge -> table_nudge = nudge[who] }
  od
}

mtype = { the_original, the_copy };

proctype World() {
end:
  do
  :: atomic { !was_alarmed && !proof[ORIGINAL] -> was_alarmed = true; suspect(ORIGINAL);
      printf("a false alarm, number %d\n", nudge[ORIGINAL]) }
  :: d_step { !is_kept -> is_kept = true; k_accepted = accepted[ORIGINAL]; k_nudge = nudge[ORIGINAL];
      printf("the memory is copied\n") }
  :: d_step { is_kept && !is_started ->
      is_started = true;
      accepted[COPY] = k_accepted; nudge[COPY] = k_nudge;
      packet[COPY] = packet[ORIGINAL]; answer[COPY] = answer[ORIGINAL];
      suspect(COPY);
      printf("the tables are copied, and the copy begins with number %d\n", nudge[COPY]) }
  od
}

proctype Clock() {
end:
  do
  :: atomic { timeout ->
      if :: proof[COPY] -> reached(2) :: else fi; /* after 20 s its link ends */
      the_original_goes_on = !proof[ORIGINAL] && runs[ORIGINAL] == 1;
      assert(the_original_goes_on);
      break }
  od
}

init {
  atomic {
    run Host();
    run Guest(ORIGINAL);
    run Guest(COPY);
    run World();
    run Clock()
  }
}
