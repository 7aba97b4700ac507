/*
 * The handshake: hellos, attempts, and when a link is open (link.md, sections 3 and 4; rules f, i and j).
 *
 * What is here: item 0 of both tables with its hello or sealed text, the host's slot for a packet that item 0 may not
 * take, the texts of the past, reads that show an old text, writes in doubt that land late, tables cut off by another
 * program, audits, restarts of both processes, links that end for other reasons, and all timers of the handshake.
 *
 * Bounds: FAULTS faults of any kinds, at any moments and in any order; a late write lands once; a read may show the
 * text before the present one. Everything else is without bound: an id is fresh when nothing in the state holds it, so
 * attempts may be drawn for ever, and a chase of two sides is a cycle that the search finds.
 */
#ifndef FAULTS
#define FAULTS 3
#endif

#include "common.pml"

/* A text is its kind, an id of the host and an id of the guest; 0 is no text.
   A host's hello has no guest id; a beacon of a guest has no host id, its answer has the id that it answers. */
#define hello(h, g) (256 + (h) * 16 + (g))
#define sealed(h, g) (512 + (h) * 16 + (g))
#define named(t) ((t) >> 8) + 1, host_id(t), guest_id(t)
#define is_hello(t) (((t) >> 8) == 1)
#define host_id(t) (((t) >> 4) & 15)
#define guest_id(t) ((t) & 15)

/* Names for printing only; spin numbers them from the last. */
mtype = { the_guest, the_host, sealed_item, hello_item, nothing };

#define GREETING 0
#define CONFIRMING 1
#define OPEN 2

byte faults = FAULTS;

short own[2];       /* what a side wants its item 0 to hold */
bool dirty[2];      /* ... and must still write */
short table[2];     /* what item 0 holds */
short before[2];    /* what it held before, for reads that show the past; kept while such a read may still come */
short late[2];      /* a write in doubt, which may still land */
bool doubt[2];      /* the process knows of one: item 0 takes no packet */
short own_slot;     /* the host's slot 1: packet 1 when item 0 may not take it */
bool dirty_slot;
short slot;

byte h_state = GREETING; /* the host */
byte h_id = 1;           /* its attempt */
byte h_peer;             /* the guest's attempt of its link */
short h_odd;             /* a hello that was read once */
bool h_armed;            /* a guest is there that has not answered: the timer runs */

byte g_state = GREETING; /* the guest */
byte g_id = 1;
byte g_peer;             /* the host's attempt of its link */
byte g_bound;            /* the host's attempt that was answered last */
short g_odd;

#ifdef CHECKPOINTS
#ifdef WITHOUT_ASKING
#define asks_again false
#else
#define asks_again is_hello(table[HOST])
#endif
bool wants[2]; /* a side with an open call: silence of the peer ends its link */

/* A checkpoint of one side: its process and its table. */
#define NOBODY 2
byte kept = NOBODY;
short k_own, k_own_slot, k_table, k_slot, k_odd;
bool k_dirty, k_dirty_slot, k_doubt, k_armed;
byte k_state, k_id, k_peer, k_bound;
#endif

bool rolled_back; /* from then on both sides may be in pasts that do not fit, until they notice */
bool wrong_hello; /* a hello that a side no longer means is really in its table, not only in a read */

/* What is asserted, by name: the checker looks for these names in spin's answer. */
hidden byte a_fresh_id_is_left;
hidden byte answer_is_to_this_hello;
hidden byte link_ended_for_a_reason;
hidden byte both_open_on_one_transcript;
hidden byte a_link_is_open;
hidden byte ended_open;
hidden int used;

#ifdef WITHOUT_I
/* Ids are drawn by a new process only: attempts of one process look alike. The model still tells them apart. */
byte process_of[16];
byte h_process;
#define same_host_id(a, b) ((a) == (b) || ((a) && (b) && process_of[a] == process_of[b]))
#else
#define same_host_id(a, b) ((a) == (b))
#endif

#ifdef WITHOUT_F
#define ends_at_once(state, text, odd) true
#else
#define ends_at_once(state, text, odd) (state == CONFIRMING || text == odd)
#endif

#define both_open (h_state == OPEN && g_state == OPEN)
#define one_link (h_id == g_peer && h_peer == g_id)

inline use(used, t, shift) { used = used | (1 << (((t) >> shift) & 15)) }

inline fresh(id, mine, theirs, also, shift) {
  d_step {
    used = 1 | (1 << mine) | (1 << theirs) | (1 << also);
    use(used, own[HOST], shift); use(used, own[GUEST], shift);
    use(used, table[HOST], shift); use(used, table[GUEST], shift);
    use(used, before[HOST], shift); use(used, before[GUEST], shift);
    use(used, late[HOST], shift); use(used, late[GUEST], shift);
    use(used, own_slot, shift); use(used, slot, shift); use(used, h_odd, shift); use(used, g_odd, shift);
#ifdef CHECKPOINTS
    use(used, k_own, shift); use(used, k_own_slot, shift); use(used, k_table, shift); use(used, k_slot, shift);
    use(used, k_odd, shift);
    used = used | (1 << k_id) | (1 << k_peer) | (1 << k_bound);
#endif
    id = 1;
    do
    :: used & (1 << id) -> id++
    :: else -> break
    od;
    used = 0;
    a_fresh_id_is_left = id < 16;
    assert(a_fresh_id_is_left)
  }
}

inline set_text(side, text) { own[side] = text; dirty[side] = true }

inline land(side, text) {
  printf("item 0 of %e is now %e(h%d,g%d)\n", side + 4, named(text));
#ifndef CHECKPOINTS
  before[side] = (faults > 0 -> table[side] : 0);
#endif
  table[side] = text
}

/* A state need not differ by what is no longer used. */
inline forget() {
  before[HOST] = 0; before[GUEST] = 0;
#ifdef CHECKPOINTS
  kept = NOBODY;
  k_own = 0; k_own_slot = 0; k_table = 0; k_slot = 0; k_odd = 0;
  k_dirty = false; k_dirty_slot = false; k_doubt = false; k_armed = false;
  k_state = 0; k_id = 0; k_peer = 0; k_bound = 0
#endif
}

inline fault() {
  faults--;
  if
  :: faults == 0 -> forget()
  :: else
  fi
}

/* ------------------------------------------------------------------------------------------------ the host */

inline host_draws() {
  fresh(h_id, h_id, g_peer, g_bound, 4);
#ifdef WITHOUT_I
  process_of[h_id] = h_process;
#endif
  set_text(HOST, hello(h_id, 0));
  h_armed = false
}

inline host_ends() {
  h_state = GREETING; h_peer = 0; h_odd = 0; own_slot = 0; dirty_slot = false;
  host_draws()
}

inline host_greets(text) {
  if
  :: guest_id(text) && same_host_id(host_id(text), h_id) && host_id(text) ->
    answer_is_to_this_hello = host_id(text) == h_id;
    assert(answer_is_to_this_hello);
    h_state = CONFIRMING; h_peer = guest_id(text); h_armed = false;
    /* Packet 1 goes into item 0, or, while a write of it is in doubt, into slot 1. A nudge goes into item 0 even
       then, unless calls are under way. */
    if
    :: !doubt[HOST] -> set_text(HOST, sealed(h_id, h_peer))
    :: doubt[HOST] -> own_slot = sealed(h_id, h_peer); dirty_slot = true; reached(1)
    :: doubt[HOST] -> own_slot = sealed(h_id, h_peer); dirty_slot = true; set_text(HOST, sealed(h_id, h_peer))
    fi
  :: else -> h_armed = true
  fi
}

#define host_is_new(t) \
  ((is_hello(t) && h_state == GREETING && (!h_armed || (host_id(t) && same_host_id(host_id(t), h_id)))) \
  || (is_hello(t) && h_state != GREETING && (t != hello(h_id, h_peer) || h_odd)) \
  || (!is_hello(t) && (h_odd || (h_state == CONFIRMING && t == sealed(h_id, h_peer)))))

inline host_reads(text) {
  ended_open = false;
  printf("host reads %e(h%d,g%d)\n", named(text));
  if
  :: is_hello(text) && h_state == GREETING -> host_greets(text)
  :: is_hello(text) && h_state != GREETING && text == hello(h_id, h_peer) -> h_odd = 0
#ifndef WITHOUT_F
  :: is_hello(text) && h_state == OPEN && text != hello(h_id, h_peer) && text != h_odd -> h_odd = text
#endif
  :: is_hello(text) && h_state != GREETING && text != hello(h_id, h_peer) && ends_at_once(h_state, text, h_odd) ->
    link_ended_for_a_reason = h_state != OPEN || g_state != OPEN || !one_link || wrong_hello;
    assert(link_ended_for_a_reason);
    ended_open = h_state == OPEN;
    host_ends();
    h_armed = true /* the text cannot answer an attempt that was only drawn now */
  :: !is_hello(text) ->
    h_odd = 0;
    if
    :: h_state == CONFIRMING && text == sealed(h_id, h_peer) ->
      h_state = OPEN;
      opened()
    :: else
    fi
  fi
}

inline opened() {
  both_open_on_one_transcript = !both_open || one_link || rolled_back;
  assert(both_open_on_one_transcript)
}

/* ------------------------------------------------------------------------------------------------ the guest */

inline guest_draws(answered) {
  fresh(g_id, g_id, h_peer, 0, 0);
  set_text(GUEST, hello(answered, g_id))
}

inline guest_greets(text) {
  if
  :: host_id(text) != g_bound ->
    g_bound = host_id(text); g_peer = g_bound; g_state = CONFIRMING;
    guest_draws(g_bound)
#ifdef WITHOUT_J
  :: host_id(text) == g_bound ->
    g_peer = g_bound; g_state = CONFIRMING;
    guest_draws(g_bound)
#else
  :: else /* answered before: redrawing would chase the host */
#endif
  fi
}

#ifdef WITHOUT_J
#define guest_answers(t) is_hello(t)
#else
#define guest_answers(t) (is_hello(t) && host_id(t) != g_bound)
#endif

#define guest_is_new(t, s) \
  ((g_state == CONFIRMING && (t == sealed(g_peer, g_id) || s == sealed(g_peer, g_id))) \
  || (g_state == GREETING && guest_answers(t)) \
  || (g_state != GREETING && is_hello(t) && (host_id(t) != g_peer || g_odd)) \
  || (!is_hello(t) && g_odd))

inline guest_reads(text, packet) {
  ended_open = false;
  printf("guest reads %e(h%d,g%d)\n", named(text));
  /* What is sealed is opened first. */
  if
  :: g_state == CONFIRMING && (text == sealed(g_peer, g_id) || packet == sealed(g_peer, g_id)) ->
    g_state = OPEN;
    opened();
    set_text(GUEST, sealed(g_peer, g_id))
  :: else
  fi;
  if
  :: !is_hello(text) -> g_odd = 0
  :: is_hello(text) && g_state == GREETING -> guest_greets(text)
  :: is_hello(text) && g_state != GREETING && host_id(text) == g_peer -> g_odd = 0
#ifndef WITHOUT_F
  :: is_hello(text) && g_state == OPEN && host_id(text) != g_peer && text != g_odd -> g_odd = text
#endif
  :: is_hello(text) && g_state != GREETING && host_id(text) != g_peer && ends_at_once(g_state, text, g_odd) ->
    link_ended_for_a_reason = g_state != OPEN || h_state != OPEN || !one_link || wrong_hello;
    assert(link_ended_for_a_reason);
    ended_open = g_state == OPEN;
    guest_ends();
    guest_greets(text)
  fi
}

inline guest_ends() {
  g_state = GREETING; g_peer = 0; g_odd = 0;
  guest_draws(0)
}

/* -------------------------------------------------------------------------------------------- the processes */

/* A write lands, or its outcome is unknown: it is tried again, and the first may land later, or never. The own table
   is audited until the link is confirmed; a link at rest audits nothing. */
inline one_write(side) {
  if
  :: land(side, own[side]); dirty[side] = false
  :: faults > 0 && !late[side] -> late[side] = own[side]; doubt[side] = true; fault()
  fi
}

proctype Host() {
end:
  do
  :: atomic { host_is_new(table[GUEST]) -> host_reads(table[GUEST]);
      if :: ended_open -> reached(2) :: else fi }
#ifndef CHECKPOINTS
  :: atomic { faults > 0 && before[GUEST] != h_odd && host_is_new(before[GUEST]) -> host_reads(before[GUEST]); fault() }
#endif
  :: atomic { dirty[HOST] -> one_write(HOST) }
  :: atomic { dirty_slot -> slot = own_slot; dirty_slot = false }
  :: atomic { h_state != OPEN && !dirty[HOST] && table[HOST] != own[HOST] -> dirty[HOST] = true }
  :: atomic { h_state != OPEN && own_slot && !dirty_slot && slot != own_slot -> dirty_slot = true }
#ifdef WITHOUT_J
  :: atomic { h_armed -> host_draws() }
#endif
  od
}

proctype Guest() {
end:
  do
  :: atomic { guest_is_new(table[HOST], slot) -> guest_reads(table[HOST], slot);
      if :: ended_open -> reached(4) :: else fi }
#ifndef CHECKPOINTS
  :: atomic { faults > 0 && before[HOST] != g_odd && guest_is_new(before[HOST], slot) ->
      guest_reads(before[HOST], slot); fault() }
#endif
  :: atomic { dirty[GUEST] -> one_write(GUEST) }
  :: atomic { g_state != OPEN && !dirty[GUEST] && table[GUEST] != own[GUEST] -> dirty[GUEST] = true }
  od
}

/* What others do: late writes land, or never do; programs restart; tables are cut off; links end. */
proctype World() {
  byte side;
end:
  do
  :: atomic {
      late[HOST] || late[GUEST] ->
      if
      :: late[HOST] -> side = HOST
      :: late[GUEST] -> side = GUEST
      fi;
      if
      :: wrong_hello = wrong_hello || late[side] != own[side]; land(side, late[side])
      :: true
      fi;
      late[side] = 0; doubt[side] = false; side = 0
    }
  :: atomic {
      faults > 0 ->
      if
      :: /* The host's process begins anew. It knows nothing of a write that may still land. */
#ifdef WITHOUT_I
        h_process++;
#endif
        doubt[HOST] = false;
        host_ends()
      :: /* The guest's, likewise. */
        doubt[GUEST] = false; g_bound = 0;
        guest_ends()
      :: table[HOST] -> land(HOST, 0); slot = 0
      :: table[GUEST] -> land(GUEST, 0)
      :: h_state != GREETING -> host_ends() /* for a reason of its own: closed, silent, numbers used up */
      :: g_state == OPEN -> guest_ends()
      :: h_armed -> host_draws() /* a timer that runs out early */
      :: g_state == CONFIRMING -> g_bound = 0; guest_ends()
      fi;
      fault()
    }
  od
}

#ifdef CHECKPOINTS
/* A checkpoint is taken of one side, and applied once. The guest's table returns with it; the host's may or may not.
   Writes of the guest that were in doubt are gone, since they were in its memory. */
proctype Checkpoint() {
end:
  do
  :: atomic {
      faults > 0 && kept == NOBODY ->
      kept = HOST;
      k_own = own[HOST]; k_own_slot = own_slot; k_table = table[HOST]; k_slot = slot; k_odd = h_odd;
      k_dirty = dirty[HOST]; k_dirty_slot = dirty_slot; k_doubt = doubt[HOST]; k_armed = h_armed;
      k_state = h_state; k_id = h_id; k_peer = h_peer
    }
  :: atomic {
      faults > 0 && kept == NOBODY ->
      kept = GUEST;
      k_own = own[GUEST]; k_table = table[GUEST]; k_odd = g_odd;
      k_dirty = dirty[GUEST]; k_doubt = doubt[GUEST];
      k_state = g_state; k_id = g_id; k_peer = g_peer; k_bound = g_bound
    }
  :: atomic {
      faults > 0 && kept == HOST ->
      printf("the host's checkpoint is applied\n");
      own[HOST] = k_own; own_slot = k_own_slot; h_odd = k_odd;
      dirty[HOST] = k_dirty; dirty_slot = k_dirty_slot; doubt[HOST] = k_doubt; h_armed = k_armed;
      h_state = k_state; h_id = k_id; h_peer = k_peer;
      if
      :: land(HOST, k_table); slot = k_slot
      :: true
      fi;
      wrong_hello = true; rolled_back = true;
      kept = NOBODY;
      fault()
    }
  :: atomic {
      faults > 0 && kept == GUEST ->
      printf("the guest's checkpoint is applied\n");
      own[GUEST] = k_own; g_odd = k_odd;
      dirty[GUEST] = k_dirty; doubt[GUEST] = false; late[GUEST] = 0;
      g_state = k_state; g_id = k_id; g_peer = k_peer; g_bound = k_bound;
      land(GUEST, k_table);
      wrong_hello = true; rolled_back = true;
      kept = NOBODY;
      fault()
    }
  od
}
#endif

/* When nothing else can happen, the next timer runs out; when none runs, all must be well. */
proctype Clock() {
end:
  do
  :: atomic {
      timeout ->
      if
      :: h_state == CONFIRMING -> host_ends() /* the nudge of the opening packet stays unanswered */
#ifdef CHECKPOINTS
      :: h_armed && h_state == GREETING -> host_draws()
      :: g_state == CONFIRMING -> g_bound = 0; guest_ends()
      :: h_state == OPEN && wants[HOST] && !(g_state == OPEN && one_link) -> host_ends()
      :: g_state == OPEN && (wants[GUEST] || asks_again) && !(h_state == OPEN && one_link) -> guest_ends()
#endif
      :: else ->
        a_link_is_open = both_open && one_link;
#ifdef CHECKPOINTS
        if :: rolled_back && a_link_is_open -> reached(5) :: else fi;
#else
        if :: faults == 0 && a_link_is_open -> reached(3) :: else fi;
#endif
        assert(a_link_is_open);
        break
      fi
    }
  od
}

init {
  atomic {
#ifdef WITHOUT_I
    process_of[2] = 15; /* the attempts of the past are of another process */
#endif
    set_text(HOST, hello(1, 0));
    set_text(GUEST, hello(0, 1));
    /* What lies in the tables is the past: nothing, hellos or sealed texts of another attempt. */
    if
    :: true
    :: table[HOST] = hello(2, 0)
    :: table[HOST] = sealed(2, 2)
    fi;
    if
    :: true
    :: table[GUEST] = hello(0, 2)
    :: table[GUEST] = hello(2, 2)
    :: table[GUEST] = sealed(2, 2)
    fi;
#ifdef CHECKPOINTS
    if
    :: wants[HOST] = true
    :: wants[GUEST] = true
    :: wants[HOST] = true; wants[GUEST] = true
    fi;
#endif
    run Host();
    run Guest();
    run World();
#ifdef CHECKPOINTS
    run Checkpoint();
#endif
    run Clock()
  }
}
