/*
 * Calls over links whose guest returns to the past (link.md, sections 5 to 8; rules k and n; what rule m is for).
 *
 * What is here: packets with all that their seals bind, in slots that are used again; control parts with their numbers
 * and bindings; a checkpoint of the guest, its process and its table, applied once at any later time; a crash of the
 * guest; links that end for reasons of their own; the next link, at which the guest names what it had accepted; and
 * what the callers then tell their users.
 *
 * Bounds: one side calls (CALLER); CALLS calls, as many packets on a link, windows of 2, FAULTS faults of any kinds, of
 * which one a rollback; LINKS links; EARLY nudges while much else can still happen, and ROUNDS of them between two
 * packets. Writes land at once and reads see what is there: slots.pml and handshake.pml have
 * the rest. A handshake is one step, taken when both sides have ended: that it comes to that is proven there.
 */
#ifndef CALLER
#define CALLER HOST
#endif
#ifndef CALLS
#define CALLS 2
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#ifndef EARLY
#define EARLY 2
#endif
#ifndef WINDOW
#define WINDOW 2
#endif
#ifndef LINKS
#define LINKS 2
#endif
#ifndef FAULTS
#define FAULTS 1
#endif

#include "common.pml"

#define CALLEE (1 - CALLER)
#define peer(s) (1 - (s))
#define PACKETS 16

/* A sealed packet is what its seal binds: two are the same only if all of it is. Its place here stands for its bytes
   and its tag; 0 is none. */
typedef Packet {
  byte from, link, number, ack;
  byte before;  /* the tag of the own packet before */
  byte ack_tag; /* the tag of the peer's packet that the acknowledgement names */
  byte payload; /* the call; in a reply the call that it is for */
  byte runs     /* in a reply: how often the call has run in the history of the one who replies */
}
Packet packet[PACKETS];
byte packets = 1;

typedef Side {
  byte link;          /* 0: it greets */
  byte issued, acked, accepted;
  byte last;          /* the tag of the last packet accepted */
  byte last_ack;      /* the acknowledgement that it had */
  byte tag[4];        /* of the own packets */
  byte payload[4];    /* of the packets accepted (callee), or issued (caller) */
  byte ran[4];        /* by call: what this history of the callee has run */
  byte holds[2];      /* the packets in the slots, as long as they are not acknowledged */
  byte table[2];      /* what the slots hold */
  byte controls, heard;
  byte heard_ack;     /* the acknowledgement of the last control part accepted */
  bool confirmed, asked, owes, bad;
  byte nudge, peer_nudge;
  byte rounds;
  byte named, named_accepted /* for the next hello: a link, and its last packet accepted; 0 for none */
}
Side side[2];
Side kept; /* the checkpoint */
byte kept_table[2]; /* the host's, which may return too */
bool is_kept, is_applied;
bool audit_due; /* the host was asked, and audits its table even if it waits for nothing */

byte links;
byte calls;
byte faults = FAULTS;
byte early = EARLY;

/* What the host remembers of the link that ended last, until its peer has named what it accepted. */
byte ended_link, ended_acked, ended_issued;
byte ended_payload[4];
bool answered[4];

/* Not part of the state: each is set before it is used in one step. */
hidden byte i;
hidden byte new;
hidden byte a_reply_is_for_this_call;
hidden byte a_call_that_succeeds_ran_once;
hidden byte not_run_did_not_run;
hidden byte nobody_waits_for_ever;
hidden byte packets_suffice;
hidden byte opened;
hidden byte reported;
hidden byte repeats;

#define slot_free(s) (!side[s].holds[0] || (WINDOW > 1 && !side[s].holds[1]))
#define active(s) \
  (side[s].link && (s == CALLER -> side[s].issued > side[s].accepted : side[s].accepted > side[s].issued))

/* A side opens a packet if it is what its own history says that it must be. */
#define fits(s, p) \
  (packet[p].before == side[s].last && packet[p].ack <= side[s].issued && packet[p].ack >= side[s].last_ack \
  && (UNBOUND || packet[p].ack_tag == side[s].tag[packet[p].ack]))
#ifdef WITHOUT_K
#define UNBOUND true
#else
#define UNBOUND false
#endif
#define is_next(s, p) (p && packet[p].link == side[s].link && packet[p].number == side[s].accepted + 1)
#define can_read(s, k) (side[s].link && is_next(s, side[peer(s)].table[k]) && fits(s, side[peer(s)].table[k]))
#define is_bad(s, p) \
  (p && packet[p].link == side[s].link && ((packet[p].number == side[s].accepted + 1 && !fits(s, p)) \
  || (packet[p].number == side[s].accepted && side[s].accepted && p != side[s].last)))
#define sees_bad(s) \
  (side[s].link && (side[s].bad || is_bad(s, side[peer(s)].table[0]) || is_bad(s, side[peer(s)].table[1])))
#define is_later(s, p) (p && packet[p].link == side[s].link && packet[p].number > side[s].accepted + 1)
#define sees_gap(s) \
  (side[s].link && (is_later(s, side[peer(s)].table[0]) || is_later(s, side[peer(s)].table[1])) \
  && !is_next(s, side[peer(s)].table[0]) && !is_next(s, side[peer(s)].table[1]))

inline hear_ack(s, up_to) {
  if
  :: up_to > side[s].acked ->
    side[s].acked = up_to;
    if
    :: side[s].holds[0] && packet[side[s].holds[0]].number <= up_to -> side[s].holds[0] = 0
    :: else
    fi;
    if
    :: side[s].holds[1] && packet[side[s].holds[1]].number <= up_to -> side[s].holds[1] = 0
    :: else
    fi
  :: else
  fi
}

inline seal(s, what, times) {
  side[s].issued++;
  packet[packets].from = s;
  packet[packets].link = side[s].link;
  packet[packets].number = side[s].issued;
  packet[packets].ack = side[s].accepted;
  packet[packets].before = side[s].tag[side[s].issued - 1];
  packet[packets].ack_tag = side[s].last;
  packet[packets].payload = what;
  packet[packets].runs = times;
  /* The same under the same seal is the same text. Other content under the same key and number is what a seal must
     survive that knows no fresh random numbers (rule m): it does happen. */
  repeats = false;
  new = 1;
  do
  :: new < packets && packet[new].from == s && packet[new].link == packet[packets].link &&
      packet[new].number == packet[packets].number &&
      packet[new].ack == packet[packets].ack && packet[new].before == packet[packets].before &&
      packet[new].ack_tag == packet[packets].ack_tag && packet[new].payload == packet[packets].payload &&
      packet[new].runs == packet[packets].runs -> break
  :: new == packets -> packets++; break
  :: else ->
    repeats = repeats || (packet[new].from == s && packet[new].link == side[s].link &&
      packet[new].number == side[s].issued);
    new++
  od;
  packets_suffice = packets < PACKETS;
  assert(packets_suffice);
  if
  :: new < packets - 1 ->
    packet[packets].from = 0; packet[packets].link = 0; packet[packets].number = 0; packet[packets].ack = 0;
    packet[packets].before = 0;
    packet[packets].ack_tag = 0; packet[packets].payload = 0; packet[packets].runs = 0
  :: else
  fi;
  side[s].tag[side[s].issued] = new;
  if
  :: !side[s].holds[0] -> side[s].holds[0] = new; side[s].table[0] = new
  :: else -> side[s].holds[1] = new; side[s].table[1] = new
  fi;
  printf("%d: side %d issues packet %d, ack %d, call %d\n", side[s].link, s, side[s].issued, side[s].accepted, what);
  new = 0
}

inline accept(s, k) {
  new = side[peer(s)].table[k];
  printf("%d: side %d accepts packet %d, call %d\n", side[s].link, s, packet[new].number, packet[new].payload);
  side[s].accepted++;
  side[s].last = new;
  side[s].last_ack = packet[new].ack;
  side[s].confirmed = true; side[s].asked = false; side[s].rounds = 0;
  hear_ack(s, packet[new].ack)
}

inline run_call(k) {
  d_step {
    accept(CALLEE, k);
    side[CALLEE].payload[side[CALLEE].accepted] = packet[new].payload;
    side[CALLEE].ran[packet[new].payload]++;
    new = 0
  }
}

inline take_reply(k) {
  d_step {
    accept(CALLER, k);
    a_reply_is_for_this_call = packet[new].payload == side[CALLER].payload[side[CALLER].accepted];
    assert(a_reply_is_for_this_call);
    a_call_that_succeeds_ran_once = packet[new].runs == 1;
    assert(a_call_that_succeeds_ran_once);
    answered[side[CALLER].accepted] = true;
    new = 0
  }
}

/* A control part, written and read in one step. It counts if its number is higher than the last, and it opens if the
   peer has issued what it acknowledges, with that tag. */
#ifndef WITHOUT_REFUSING
#define falls(s) (side[s].accepted < side[peer(s)].heard_ack)
#else
#define falls(s) false
#endif

inline speak(s) {
  d_step {
  side[s].controls++;
  if
  :: !side[s].holds[0] -> side[s].table[0] = 0
  :: else
  fi;
  opened = side[s].link && side[peer(s)].link == side[s].link && side[s].controls > side[peer(s)].heard;
  if
  :: opened && side[s].accepted <= side[peer(s)].issued && !falls(s) &&
      (UNBOUND || side[s].last == side[peer(s)].tag[side[s].accepted]) ->
    side[peer(s)].heard = side[s].controls;
    side[peer(s)].heard_ack = side[s].accepted;
    side[peer(s)].confirmed = true; side[peer(s)].asked = false; side[peer(s)].bad = false;
    hear_ack(peer(s), side[s].accepted);
    side[peer(s)].owes = side[peer(s)].owes || side[s].nudge > side[peer(s)].peer_nudge;
    side[peer(s)].peer_nudge = side[s].nudge;
    audit_due = audit_due || (peer(s) == HOST && side[peer(s)].owes);
    printf("%d: side %d takes control part %d, ack %d, nudge %d\n", side[s].link, peer(s), side[s].controls,
      side[s].accepted, side[s].nudge)
  :: else ->
    side[peer(s)].bad = side[peer(s)].bad || opened;
    printf("%d: side %d does not take control part %d, ack %d, nudge %d\n", side[s].link, peer(s), side[s].controls,
      side[s].accepted, side[s].nudge)
  fi;
  opened = 0
  }
}

/* What a caller remembers of the calls of its link, until the peer has named what it accepted. */
inline end_host() {
  d_step {
    printf("%d: the host ends the link\n", side[HOST].link);
#if CALLER == HOST
    ended_link = side[HOST].link; ended_acked = side[HOST].acked; ended_issued = side[HOST].issued;
    i = 1;
    do
    :: i <= 3 -> ended_payload[i] = (answered[i] -> 0 : side[HOST].payload[i]); i++
    :: else -> break
    od;
    i = 0;
    answered[1] = false; answered[2] = false; answered[3] = false;
#endif
    clear(HOST)
  }
}

inline end_guest() {
  d_step {
    printf("%d: the guest ends the link\n", side[GUEST].link);
    if
    :: side[GUEST].confirmed -> side[GUEST].named = side[GUEST].link; side[GUEST].named_accepted = side[GUEST].accepted
    :: else
    fi;
#if CALLER == GUEST
    answered[1] = false; answered[2] = false; answered[3] = false;
#endif
    clear(GUEST)
  }
}

inline clear(s) {
  side[s].link = 0; side[s].issued = 0; side[s].acked = 0; side[s].accepted = 0; side[s].last = 0;
  side[s].last_ack = 0; side[s].controls = 0; side[s].heard = 0; side[s].confirmed = false; side[s].asked = false;
  side[s].owes = false; side[s].bad = false; side[s].rounds = 0; side[s].nudge = 0; side[s].heard_ack = 0;
  side[s].peer_nudge = 0; side[s].holds[0] = 0; side[s].holds[1] = 0;
  side[s].tag[1] = 0; side[s].tag[2] = 0; side[s].tag[3] = 0;
  side[s].payload[1] = 0; side[s].payload[2] = 0; side[s].payload[3] = 0
}

/* The guest's hello names what it has accepted of an earlier link; only that, and acknowledgements, tell the host what
   did certainly not run. */
inline settle() {
  d_step {
    reported = false;
    i = 1;
    do
    :: i <= ended_issued ->
      if
#ifdef WITHOUT_N
      :: i > ended_acked && ended_payload[i] ->
#else
      :: side[GUEST].named == ended_link && i > ended_acked && i > side[GUEST].named_accepted && ended_payload[i] ->
#endif
        printf("call %d is reported as not run\n", ended_payload[i]);
        reported = true;
        not_run_did_not_run = !side[GUEST].ran[ended_payload[i]];
        assert(not_run_did_not_run)
      :: else
      fi;
      i++
    :: else -> break
    od;
    i = 0;
    ended_link = 0; ended_acked = 0; ended_issued = 0;
    ended_payload[1] = 0; ended_payload[2] = 0; ended_payload[3] = 0
  };
  if :: reported && is_applied -> reached(1) :: else fi
}

#define may_call (calls < CALLS && side[CALLER].link && slot_free(CALLER) && side[CALLER].issued < 3)
#define may_reply (side[CALLEE].link && side[CALLEE].issued < side[CALLEE].accepted && slot_free(CALLEE))

#define copy(to, from) \
  to.link = from.link; to.issued = from.issued; to.acked = from.acked; to.accepted = from.accepted; \
  to.last = from.last; to.last_ack = from.last_ack; to.controls = from.controls; to.heard = from.heard; \
  to.heard_ack = from.heard_ack; to.nudge = from.nudge; to.peer_nudge = from.peer_nudge; to.rounds = from.rounds; \
  to.confirmed = from.confirmed; to.asked = from.asked; to.owes = from.owes; to.bad = from.bad; \
  to.named = from.named; to.named_accepted = from.named_accepted; \
  to.tag[1] = from.tag[1]; to.tag[2] = from.tag[2]; to.tag[3] = from.tag[3]; \
  to.payload[1] = from.payload[1]; to.payload[2] = from.payload[2]; to.payload[3] = from.payload[3]; \
  to.ran[1] = from.ran[1]; to.ran[2] = from.ran[2]; to.ran[3] = from.ran[3]; \
  to.holds[0] = from.holds[0]; to.holds[1] = from.holds[1]; to.table[0] = from.table[0]; to.table[1] = from.table[1]

#if CALLER == GUEST
#define note_repeats if :: repeats -> reached(4) :: else fi
#else
#define note_repeats skip
#endif

proctype Caller() {
end:
  do
  :: atomic { may_call -> d_step {
        calls++; side[CALLER].payload[side[CALLER].issued + 1] = calls; seal(CALLER, calls, 0) }
      note_repeats }
  :: atomic { can_read(CALLER, 0) -> take_reply(0);
      if :: is_applied -> reached(2) :: else fi }
  :: atomic { can_read(CALLER, 1) -> take_reply(1) }
  :: atomic { side[CALLER].owes -> side[CALLER].owes = false; speak(CALLER) }
  od
}

/* Seen by seal, which has counted the packet already. */
#define this_call side[CALLEE].payload[side[CALLEE].issued]

proctype Callee() {
end:
  do
  :: atomic { may_reply -> d_step { seal(CALLEE, this_call, side[CALLEE].ran[this_call]) } }
  :: atomic { can_read(CALLEE, 0) -> run_call(0);
      if :: is_applied -> reached(3) :: else fi }
  :: atomic { can_read(CALLEE, 1) -> run_call(1) }
  :: atomic { side[CALLEE].owes -> side[CALLEE].owes = false; speak(CALLEE) }
  od
}

#define is_lost(k) (side[HOST].holds[k] && side[HOST].table[k] != side[HOST].holds[k])

proctype World() {
end:
  do
  /* A handshake, in one step; and a side that sees the hello of the other's next attempt ends its link. */
  :: atomic { !side[HOST].link && !side[GUEST].link && links < LINKS ->
#if CALLER == HOST
      settle();
#endif
      links++;
      side[HOST].link = links; side[GUEST].link = links }
  :: atomic { !side[HOST].link && side[GUEST].link -> end_guest() }
  :: atomic { side[HOST].link && !side[GUEST].link -> end_host() }
  /* The host's audit, which finds that its table is not what it wrote. The guest's table returns with the guest. */
  :: d_step { (active(HOST) || audit_due) && (is_lost(0) || is_lost(1)) ->
      audit_due = false;
      side[HOST].table[0] = (side[HOST].holds[0] -> side[HOST].holds[0] : side[HOST].table[0]);
      side[HOST].table[1] = (side[HOST].holds[1] -> side[HOST].holds[1] : side[HOST].table[1]) }
  /* Faults. */
  :: d_step { faults > 0 && !is_kept ->
      is_kept = true;
      copy(kept, side[GUEST]);
      kept_table[0] = side[HOST].table[0]; kept_table[1] = side[HOST].table[1] }
  :: atomic { faults > 0 && is_kept && !is_applied ->
      faults--; is_applied = true;
      copy(side[GUEST], kept);
      side[HOST].rounds = 0; side[GUEST].rounds = 0;
      if
      :: true
#ifndef HOST_TABLE_STAYS
      :: side[HOST].table[0] = kept_table[0]; side[HOST].table[1] = kept_table[1]
#endif
      fi;
      printf("the guest's checkpoint is applied\n") }
  :: atomic { faults > 0 && links < LINKS && side[HOST].link -> faults--; end_host() }
  :: atomic { faults > 0 && links < LINKS && side[GUEST].link -> faults--; end_guest() }
  :: atomic { faults > 0 && links < LINKS && side[GUEST].link -> faults--; clear(GUEST);
      printf("the guest's process begins anew\n");
      side[GUEST].named = 0; side[GUEST].named_accepted = 0 }
  od
}

/* When nothing else can happen, time passes: what stays unreadable or missing ends the link, silence makes an active
   side ask, and silence after that ends the link too. */
#define may_ask(s) (active(s) && !side[s].asked && side[s].rounds < ROUNDS)

inline ask(s) {
  side[s].asked = true; side[s].nudge++; side[s].rounds++;
  speak(s)
}

proctype Clock() {
end:
  do
  /* A call may run for long: a side may ask while much else can still happen. */
  :: atomic { early > 0 && may_ask(HOST) -> early--; ask(HOST) }
  :: atomic { early > 0 && may_ask(GUEST) -> early--; ask(GUEST) }
  :: atomic {
      timeout ->
      if
#ifndef WITHOUT_G
      :: sees_bad(HOST) || sees_gap(HOST) -> end_host()
      :: sees_bad(GUEST) || sees_gap(GUEST) -> end_guest()
#endif
      :: may_ask(CALLER) -> ask(CALLER)
#if CALLER == HOST
      :: active(HOST) && side[HOST].asked -> end_host()
#else
      :: active(GUEST) && side[GUEST].asked -> end_guest()
#endif
      :: else ->
        nobody_waits_for_ever = !active(HOST) && !active(GUEST);
        assert(nobody_waits_for_ever);
        break
      fi
    }
  od
}

init {
  atomic {
    links = 1;
    side[HOST].link = 1; side[GUEST].link = 1;
    run Caller();
    run Callee();
    run World();
    run Clock()
  }
}
