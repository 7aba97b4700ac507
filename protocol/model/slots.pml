/*
 * One open link: packets in slots, acknowledgements, nudges, audits and late writes (link.md, section 6; rules a, b,
 * d and e).
 *
 * What is here: both directions; every item with the text that its owner wants, the text that the table holds, a write
 * under way and a write in doubt; control parts with their numbers; the window of each side, which it may change; what
 * the peer reads, item by item in any order and at any time, so that a read shows every mixture of old and new.
 *
 * Bounds: PACKETS packets each way, a window of 1 or 2, FAULTS faults of any kinds at any moments (a write refused, a
 * write in doubt that lands late or never, a table cut off by another program, a window changed); one write in doubt
 * for an item at a time. A duplex stream is open until both directions have ended, as for a call.
 */
#ifndef FROM_HOST
#define FROM_HOST 2
#endif
#ifndef FROM_GUEST
#define FROM_GUEST 1
#endif
#ifndef FAULTS
#define FAULTS 2
#endif

#include "common.pml"

/* A text: a packet's number, the acknowledgement that it was sealed with and whether it asks for one; then a control
   part's number, acknowledgement, nudge and answer. The number 0 is no packet, or no control part. */
#define packet(n, ack, asks) ((n) | ((ack) << 2) | ((asks) << 4))
#define control(n, ack, nudge, answer) (((n) << 5) | ((ack) << 9) | ((nudge) << 11) | ((answer) << 13))
#define packet_of(t) ((t) & 31)
#define number(t) ((t) & 3)
#define sealed_ack(t) (((t) >> 2) & 3)
#define asks(t) (((t) >> 4) & 1)
#define control_number(t) (((t) >> 5) & 15)
#define control_ack(t) (((t) >> 9) & 3)
#define nudge_of(t) (((t) >> 11) & 3)
#define answer_of(t) (((t) >> 13) & 3)
#define DELETED 32768

/* Item 0 of a side is its control item; item 1 is there when its window is 2. */
#define ITEMS 2
#define at(side, i) ((side) * ITEMS + (i))
#define peer(side) (1 - (side))

byte faults = FAULTS;

typedef Item {
  int want;    /* what it should hold */
  int table;    /* what it holds */
  int late;     /* a write in doubt, which may still land */
  bool dirty;   /* the table may not hold what it should */
  bool flight;  /* a write is under way: the text stays as it is */
  bool doubt;   /* nothing new may go in */
  byte holds    /* the packet in it that is not acknowledged */
}
Item item[4];

typedef Side {
  byte window;
  byte issued;
  byte acked;       /* the peer has accepted so many */
  byte accepted;    /* of the peer's packets */
  byte asked;       /* the last packet that asked for an acknowledgement */
  byte controls;    /* control parts written */
  byte heard;       /* the last control part of the peer */
  byte nudge;
  byte satisfied;   /* the last nudge that was answered */
  byte peer_nudge;
  bool ack_due, answer_due, control_due, audit_due, answer_shown
}
Side side[2];

short sealed_as[8]; /* the first form of every packet */

hidden byte delivered_in_order;
hidden byte a_packet_is_sealed_once;
hidden byte no_packet_is_covered;
hidden byte asking_ends;
hidden byte few_controls;
hidden byte the_link_is_kept;
hidden byte all_is_delivered;
hidden byte i;
hidden byte held;
hidden int text;

#define packets_of(s) (s == HOST -> FROM_HOST : FROM_GUEST)
#define active(s) (side[s].issued < packets_of(s) || side[s].accepted < packets_of(peer(s)))
#define unacked(s) (side[s].issued > side[s].acked)
#define is_free(s, k) \
  (k < side[s].window && !item[at(s, k)].holds && !item[at(s, k)].flight && (!item[at(s, k)].doubt || IGNORES_DOUBT))
#ifdef WITHOUT_B
#define IGNORES_DOUBT true
#else
#define IGNORES_DOUBT false
#endif
#define matters(k, s) (item[at(s, k)].want && item[at(s, k)].want != DELETED && (k == 0 || item[at(s, k)].holds))

#ifdef WITHOUT_A
/* The window is agreed on, as 2; a packet stands where its number says. */
#define may_take(s, k) (is_free(s, k) && k == side[s].issued % side[s].window)
#define may_stand(k, n) (k == ((n) - 1) % 2)
#else
#define may_take(s, k) (is_free(s, k) && (k == 0 || !is_free(s, 0)))
#define may_stand(k, n) true
#endif

#ifdef WITHOUT_E
#define may_write_control(s) (!item[at(s, 0)].flight && (is_free(s, 0) || is_free(s, 1)))
#else
#define may_write_control(s) (!item[at(s, 0)].flight)
#endif

#define differs(s, k) \
  (!item[at(s, k)].flight && !item[at(s, k)].dirty && matters(k, s) && item[at(s, k)].table != item[at(s, k)].want)
#ifdef WITHOUT_D
#define may_audit(s) false
#else
#define may_audit(s) \
  (side[s].audit_due || ((differs(s, 0) || differs(s, 1)) \
  && active(s) && (unacked(s) || side[s].nudge > side[s].satisfied)))
#endif

/* ------------------------------------------------------------------------------------------ what a side writes */

inline seal(s, k) {
  d_step {
    held = 1 + (item[at(s, 0)].holds > 0) + (item[at(s, 1)].holds > 0);
    side[s].issued++;
    text = packet(side[s].issued, side[s].accepted,
      (held == side[s].window || (held >= (side[s].window + 1) / 2 && side[s].asked <= side[s].acked)));
    if
    :: asks(text) -> side[s].asked = side[s].issued
    :: else
    fi;
    sealed_as[s * 4 + side[s].issued] = text;
    item[at(s, k)].want = text;
    item[at(s, k)].holds = side[s].issued;
    item[at(s, k)].dirty = true;
    side[s].ack_due = false;
    /* A control part that the peer may not have seen is written again beside the packet. */
    if
    :: k == 0 && (side[s].answer_shown || side[s].nudge > side[s].satisfied) -> side[s].control_due = true
    :: else
    fi;
    text = 0; held = 0
  }
}

inline write_control(s) {
  d_step {
    side[s].controls++;
    few_controls = side[s].controls < 16;
    assert(few_controls);
    item[at(s, 0)].want = (item[at(s, 0)].holds -> packet_of(item[at(s, 0)].want) : 0) |
      control(side[s].controls, side[s].accepted, side[s].nudge, side[s].peer_nudge);
    item[at(s, 0)].dirty = true;
    side[s].answer_shown = side[s].answer_shown || side[s].answer_due;
    side[s].control_due = false; side[s].ack_due = false; side[s].answer_due = false
  }
}

inline land(s, k, t) {
  printf("item %d of side %d is now packet %d ack %d, control %d ack %d nudge %d answer %d\n",
    k, s, number(t), sealed_ack(t), control_number(t), control_ack(t), nudge_of(t), answer_of(t));
  /* What the peer has not taken yet is only ever covered by itself, with the same bytes. */
  no_packet_is_covered = number(item[at(s, k)].table) <= side[peer(s)].accepted ||
      number(t) == number(item[at(s, k)].table);
  assert(no_packet_is_covered);
  a_packet_is_sealed_once = !number(t) || packet_of(t) == sealed_as[s * 4 + number(t)];
  assert(a_packet_is_sealed_once);
  item[at(s, k)].table = (t == DELETED -> 0 : t)
}

/* What came of a write that did not land: it is made again, if it still matters. */
inline retry(s, k) {
  item[at(s, k)].flight = false;
  item[at(s, k)].dirty = matters(k, s);
  item[at(s, k)].want = (matters(k, s) -> item[at(s, k)].want : 0)
}

inline end_write(s, k) {
  if
  :: land(s, k, item[at(s, k)].want);
    item[at(s, k)].flight = false;
    item[at(s, k)].want = (k > 0 && !item[at(s, k)].holds -> 0 : item[at(s, k)].want)
  :: faults > 0 -> /* refused */
    faults--;
    retry(s, k)
  :: faults > 0 && !item[at(s, k)].late -> /* in doubt */
    faults--;
    printf("the write of item %d of side %d is in doubt\n", k, s);
    item[at(s, k)].late = item[at(s, k)].want; item[at(s, k)].doubt = true;
    retry(s, k)
  fi
}

inline audit(s) {
  d_step {
    side[s].audit_due = false;
    i = 0;
    do
    :: i < ITEMS ->
      if
      :: differs(s, i) ->
#ifdef WITHOUT_D_BYTES
        /* What is written again is sealed again, with all that is known by now. */
        item[at(s, i)].want = (item[at(s, i)].want & ~12) | (side[s].accepted << 2);
#endif
        item[at(s, i)].dirty = true
      :: else
      fi;
      i++
    :: else -> break
    od;
    i = 0
  }
}

/* ------------------------------------------------------------------------------------------- what a side reads */

inline hear_ack(s, ack) {
  if
  :: ack > side[s].acked ->
    side[s].acked = ack;
    i = 0;
    do
    :: i < ITEMS ->
      if
      :: item[at(s, i)].holds && item[at(s, i)].holds <= ack ->
        item[at(s, i)].holds = 0;
        if
        :: i > 0 && !item[at(s, i)].flight -> item[at(s, i)].want = 0; item[at(s, i)].dirty = false
        :: else
        fi
      :: else
      fi;
      i++
    :: else -> break
    od;
    i = 0
  :: else
  fi
}

#define must_speak(s) (side[s].ack_due || side[s].answer_due || side[s].control_due)
#define has_control(s, t) (control_number(t) > side[s].heard)
#define has_packet(s, k, t) (number(t) == side[s].accepted + 1 && may_stand(k, number(t)))

inline read(s, k) {
  d_step {
    text = item[at(peer(s), k)].table;
    if
    :: k == 0 && has_control(s, text) ->
      side[s].heard = control_number(text);
      side[s].satisfied = side[s].nudge;
      hear_ack(s, control_ack(text));
      if
      :: nudge_of(text) > side[s].peer_nudge ->
        side[s].peer_nudge = nudge_of(text);
        side[s].answer_due = true;
        side[s].audit_due = side[s].audit_due || unacked(s)
      :: else
      fi
    :: else
    fi;
    if
    :: has_packet(s, k, text) ->
      side[s].accepted++;
      delivered_in_order = number(text) == side[s].accepted && side[s].accepted <= side[peer(s)].issued;
      assert(delivered_in_order);
      side[s].satisfied = side[s].nudge;
      side[s].answer_shown = false;
      hear_ack(s, sealed_ack(text));
      side[s].ack_due = side[s].ack_due || asks(text)
    :: else
    fi;
    text = 0
  }
}

/* ----------------------------------------------------------------------------------------------- the processes */

proctype Peer(bool s) {
end:
  do
  :: atomic { side[s].issued < packets_of(s) && may_take(s, 0) -> seal(s, 0) }
  :: atomic { side[s].issued < packets_of(s) && may_take(s, 1) -> seal(s, 1) }
  :: atomic { must_speak(s) && may_write_control(s) ->
      if :: item[at(s, 0)].holds -> reached(1) :: else fi;
      write_control(s) }
  :: atomic { item[at(s, 0)].dirty && !item[at(s, 0)].flight ->
      item[at(s, 0)].dirty = false; item[at(s, 0)].flight = true }
  :: atomic { item[at(s, 1)].dirty && !item[at(s, 1)].flight ->
      item[at(s, 1)].dirty = false; item[at(s, 1)].flight = true }
  /* An item that holds nothing needed is deleted. */
  :: atomic { item[at(s, 1)].table && !item[at(s, 1)].holds && !item[at(s, 1)].dirty && !item[at(s, 1)].flight &&
      !item[at(s, 1)].doubt -> item[at(s, 1)].want = DELETED; item[at(s, 1)].flight = true }
  :: atomic { item[at(s, 0)].flight -> end_write(s, 0) }
  :: atomic { item[at(s, 1)].flight -> end_write(s, 1) }
  :: atomic { may_audit(s) -> audit(s) }
  :: atomic { has_control(s, item[at(peer(s), 0)].table) || has_packet(s, 0, item[at(peer(s), 0)].table) ->
      read(s, 0) }
  :: atomic { has_packet(s, 1, item[at(peer(s), 1)].table) -> read(s, 1) }
  od
}

inline end_doubt(s, k) {
  if
  :: land(s, k, item[at(s, k)].late); if :: item[at(s, k)].table != item[at(s, k)].want -> reached(2) :: else fi
  :: true
  fi;
  item[at(s, k)].late = 0; item[at(s, k)].doubt = false
}

proctype World() {
end:
  do
  :: atomic { item[0].late -> end_doubt(HOST, 0) }
  :: atomic { item[1].late -> end_doubt(HOST, 1) }
  :: atomic { item[2].late -> end_doubt(GUEST, 0) }
  :: atomic { item[3].late -> end_doubt(GUEST, 1) }
  :: atomic { faults > 0 && (item[0].table || item[1].table) -> faults--; item[0].table = 0; item[1].table = 0;
      printf("the table of side 0 is cut off\n") }
  :: atomic { faults > 0 && (item[2].table || item[3].table) -> faults--; item[2].table = 0; item[3].table = 0;
      printf("the table of side 1 is cut off\n") }
  :: atomic { faults > 0 -> faults--; side[HOST].window = 3 - side[HOST].window }
  :: atomic { faults > 0 -> faults--; side[GUEST].window = 3 - side[GUEST].window }
  od
}

/* Silence: 10 s without a word, and the host asks; 15 s, and the guest asks; 20 s without an answer, and the link ends.
   An audit comes after 2 s, long before; a doubt may last for 60 s, so a side may also ask while one lasts. */
inline ask(s) {
  side[s].nudge++;
  asking_ends = side[s].nudge < 4;
  assert(asking_ends);
  side[s].control_due = true;
  side[s].audit_due = side[s].audit_due || unacked(s);
  reached(3)
}

#define in_doubt (item[0].late || item[1].late || item[2].late || item[3].late)
#define idle_item(n) (!item[n].dirty && !item[n].flight)
#define idle(s) \
  (!(side[s].issued < packets_of(s) && (is_free(s, 0) || is_free(s, 1))) \
  && !(must_speak(s) && may_write_control(s)) && !may_audit(s) && !has_control(s, item[at(peer(s), 0)].table) \
  && !has_packet(s, 0, item[at(peer(s), 0)].table) && !has_packet(s, 1, item[at(peer(s), 1)].table))
#define quiet (idle_item(0) && idle_item(1) && idle_item(2) && idle_item(3) && idle(HOST) && idle(GUEST))
#define may_ask(s) (active(s) && side[s].nudge == side[s].satisfied && (side[s].nudge == 0 || !in_doubt))
#define must_end(s) (active(s) && side[s].nudge > side[s].satisfied)

proctype Clock() {
end:
  do
  :: atomic { quiet && may_ask(HOST) -> if :: in_doubt -> reached(4) :: else fi; ask(HOST) }
  :: atomic { quiet && may_ask(GUEST) -> ask(GUEST) }
#if FAULTS > 1
  :: atomic {
      quiet && !in_doubt && !may_ask(HOST) && !may_ask(GUEST) && (must_end(HOST) || must_end(GUEST)) ->
      /* A second fault can take away the answer to a nudge. One alone never ends a link. */
      the_link_is_kept = FAULTS - faults >= 2;
      assert(the_link_is_kept);
      break
    }
#endif
  :: atomic {
      timeout ->
      all_is_delivered = side[HOST].accepted == FROM_GUEST && side[GUEST].accepted == FROM_HOST;
      assert(all_is_delivered);
      break
    }
  od
}

init {
  atomic {
    side[HOST].window = 2;
    if
    :: side[GUEST].window = 1
    :: side[GUEST].window = 2
    fi;
    run Peer(HOST);
    run Peer(GUEST);
    run World();
    run Clock()
  }
}
