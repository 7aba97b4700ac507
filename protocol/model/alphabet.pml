/*
 * A wide alphabet that the medium ceases to carry (link.md, section 7; alphabets.md; rules g and h).
 *
 * What is here: one direction with one slot; packets of two messages in a wide alphabet and of one in base64; a medium
 * that alters or hides wide texts from some moment on, for ever; control parts, which are always in base64 and come
 * through; the end of the link that rule g brings, the bans, and the probes of the next link, which may come through
 * even so, since other characters may be in them.
 *
 * Bounds: MESSAGES messages. The medium breaks once. Writes land at once; slots.pml has the rest.
 */
#ifndef MESSAGES
#define MESSAGES 4
#endif

#include "common.pml"

mtype = { carries, alters, hides };
mtype medium = carries;

byte next = 1;      /* the next message to send */
byte issued, acked; /* packets of this link */
byte first, count;  /* the messages in the last of them */
bool is_wide;       /* ... in the wide alphabet */
bool wide = true;   /* a probe of this link has come through */
byte seals[10];     /* by number, for this link: what was sealed under it */

byte accepted;
byte last_seen;     /* the last message that was delivered */
byte lost;          /* messages of links that ended, of which nobody knows whether they arrived */

byte blamed;        /* how many links on end have ended for what may be the alphabet */
bool banned;

hidden byte one_text_under_one_number;
hidden byte delivered_once_in_order;
hidden byte nobody_waits_for_ever;
hidden byte i;

#define waits (issued > acked)
#define comes_through (issued > accepted && (medium == carries || !is_wide))
#define is_altered (issued > accepted && medium == alters && is_wide)

inline seal() {
  first = next;
  is_wide = wide;
  count = (wide && next < MESSAGES -> 2 : 1);
  one_text_under_one_number = !seals[issued] || seals[issued] == first * 4 + count;
  assert(one_text_under_one_number);
  seals[issued] = first * 4 + count;
  printf("packet %d holds messages %d to %d in the alphabet %e\n", issued, first, first + count - 1,
    (is_wide -> a_wide_one : base64))
}

mtype = { a_wide_one, base64 };

proctype Sender() {
end:
  do
  :: d_step { !waits && next <= MESSAGES -> issued++; seal(); next = first + count }
  od
}

proctype Receiver() {
end:
  do
  :: atomic { comes_through ->
      printf("packet %d is accepted\n", issued);
      accepted = issued;
      delivered_once_in_order = first > last_seen;
      assert(delivered_once_in_order);
      last_seen = first + count - 1;
      if :: lost > 0 && !is_wide -> reached(1) :: else fi }
  /* An acknowledgement, in a control part. */
  :: acked < accepted -> acked = accepted
  od
}

proctype Medium() {
  if
  :: medium = alters
  :: medium = hides
  :: true
  fi;
  printf("the medium %e wide texts\n", medium)
}

/* The next link: nothing is wide until a probe has come through, which a broken medium may let it. */
inline end_link() {
  printf("the link ends\n");
  lost = lost + (waits -> count : 0);
  d_step {
    issued = 0; acked = 0; accepted = 0; first = 0; count = 0; is_wide = false;
    i = 0;
    do
    :: i < 10 -> seals[i] = 0; i++
    :: else -> break
    od;
    i = 0
  };
  if
  :: !banned -> wide = true
  :: wide = false
  fi
}

/* When nothing else can happen: nudges come and go, and the packet is still not there. */
proctype Clock() {
end:
  do
  :: atomic {
      timeout ->
      if
#ifdef WITHOUT_H
      /* The packet is written in another alphabet, of which an item holds less. */
      :: waits && is_wide -> wide = false; next = first; seal(); next = first + count
#else
#ifndef WITHOUT_G
      :: waits && is_wide ->
        if
        :: is_altered -> /* it stays unreadable: it may be a peer that was rolled back, so the second time counts */
          blamed++; banned = blamed == 2
        :: else -> /* the peer answers, but does not see it */
          banned = true
        fi;
        end_link()
#endif
#endif
      :: else ->
        nobody_waits_for_ever = !waits && next > MESSAGES;
        assert(nobody_waits_for_ever);
        break
      fi
    }
  od
}

init {
  atomic {
    run Sender();
    run Receiver();
    run Medium();
    run Clock()
  }
}
