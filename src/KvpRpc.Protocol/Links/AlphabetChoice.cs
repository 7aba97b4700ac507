using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Protocol.Links;

/// <summary>Which alphabet the own direction of a link is written in: base64 until the peer has told that a probe of a
/// wider one came through (rule 7).</summary>
/// <remarks>
/// One probe at a time, the widest candidate first, each once a link, and only beside a write that is made anyway. A
/// link of small calls has no full packets and never probes.
/// </remarks>
internal sealed class AlphabetChoice
{
    // So many packets that left something behind are a link that carries much.
    private const int FullPacketsBeforeProbe = 4;

    // A window, and it leaves slots for packets beside the probe.
    private const int MinSlots = 4;

    // A probe that the peer says nothing of while it acknowledges so many packets is not seen by it.
    private const ulong UnseenAfterPackets = 128;

    private const int UnseenAnswers = 3;

    private readonly OwnItems _items;
    private readonly int _units;
    private readonly uint _seed;
    private readonly Queue<Alphabet> _candidates = new();
    private OwnItem? _probe;
    private ulong _probedAt;
    private ulong _unseenAfter;
    private int _unseenAnswers;
    private int _fullPackets;

    /// <param name="options">Of the own side: what its items hold.</param>
    /// <param name="items">The own items.</param>
    /// <param name="peerReads">The alphabets that the peer's hello says it reads.</param>
    /// <param name="seed">The link's id, which makes the probe differ from that of another link.</param>
    internal AlphabetChoice(LinkOptions options, OwnItems items, byte peerReads, uint seed)
    {
        _items = items;
        _units = options.MaxValueUnits;
        _seed = seed;
        if (options.MaxSlots < MinSlots)
            return;
        int mask = options.CarriedAlphabets & peerReads;
        foreach (Alphabet alphabet in Alphabet.All.OrderByDescending(alphabet => alphabet.MaxBytes(_units - 1)))
        {
            if (alphabet.Number > 0 && (mask & (1 << alphabet.Number)) != 0)
                _candidates.Enqueue(alphabet);
        }
    }

    /// <summary>Gets the widest alphabet that has been proven.</summary>
    internal Alphabet Widest { get; private set; } = Base64Alphabet.Instance;

    /// <summary>Gets the alphabet whose texts the peer does not see; null for none.</summary>
    internal Alphabet? Hidden { get; private set; }

    /// <summary>Gets the lowest slot for packets of a transfer: the control item, always in base64, would hold a
    /// third.</summary>
    internal int FirstBulkSlot => Widest.Number > 0 ? 1 : 0;

    /// <summary>Gives the alphabet for an item of so many bytes: what fits into base64 needs no other.</summary>
    internal Alphabet For(int bytes) =>
        bytes <= Base64Alphabet.Instance.MaxBytes(_units - 1) ? Base64Alphabet.Instance : Widest;

    /// <summary>Takes note that a packet was filled and more is waiting.</summary>
    internal void NoteFullPacket() => _fullPackets++;

    /// <summary>Adds a probe to a batch that is written anyway, if one is due.</summary>
    internal void CollectProbe(List<OwnItem> batch, int max, PacketSender sender, Instant now)
    {
        if (_probe is { } open && (open.Failures > 1 || sender.Acked > _probedAt + UnseenAfterPackets))
        {
            // It may be about to be written again: without its text there is nothing to write.
            batch.Remove(open);
            Release(now);
        }

        if (batch.Count == 0 || batch.Count >= max || _probe is not null || _fullPackets < FullPacketsBeforeProbe
            || !_candidates.TryPeek(out Alphabet? candidate)
            || _items.LowestFree(reserve: 0, now, first: 1) is not { } slot)
            return;
        slot.IsProbe = true;
        ProbeText.Write(candidate, _seed, slot.Buffer[.._units]);
        slot.SetLength(_units);
        _probe = slot;
        _probedAt = sender.Issued;
        if (!batch.Contains(slot))
            batch.Add(slot);
    }

    /// <summary>Takes note that the peer has answered what was asked of it; true when it has answered so often without
    /// seeing a packet that lies in the own table that the medium must hide its text.</summary>
    internal bool HandleAnswer(PacketSender sender, Instant askedAt, Instant now)
    {
        if (_unseenAfter != sender.Acked)
            _unseenAnswers = 0;
        _unseenAfter = sender.Acked;
        if (!sender.HasUnacked || sender.UnackedSince > askedAt
            || _items.WideAlphabetOf(sender.Acked + 1, now) is not { } alphabet
            || ++_unseenAnswers < UnseenAnswers)
            return false;
        Hidden = alphabet;
        return true;
    }

    /// <summary>Takes what the peer has seen of a probe.</summary>
    internal void HandleReport(in AlphabetReport report, Instant now)
    {
        if (_probe is null || _candidates.Peek().Number != report.Number || _probe.Index != report.Index)
            return;
        Alphabet probed = _candidates.Peek();
        Release(now);
        if (report.Units != _units)
            return;
        Widest = probed;
        _candidates.Clear();
    }

    private void Release(Instant now)
    {
        // The slot takes packets again; where none needs it, it is deleted beside a later write.
        _probe!.IsProbe = false;
        _probe.FreeSince = now;
        if (!_probe.InFlight)
            _probe.Release();
        _probe = null;
        _candidates.Dequeue();
    }
}
