using System.Globalization;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Protocol.Links;

/// <summary>The own table's items of one channel: item 0 is the control item, all are slots for packets.</summary>
internal sealed class OwnItems
{
    /// <summary>Items of a channel have numbers below this, whatever the window.</summary>
    internal const int MaxItems = 128;

    private const int MaxDeletions = 3;

    // So often refused, some six seconds, an item is not there because there is no room for it.
    private const int MaxFailures = 6;

    private static readonly TimeSpan FirstFullFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestFullFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly OwnItem?[] _items = new OwnItem?[MaxItems];
    private readonly bool[] _seen = new bool[MaxItems];
    private readonly LinkOptions _options;
    private int _count;
    private TimeSpan _fullFor = FirstFullFor;
    private Instant _fullUntil;
    private ulong _lastPacket;

    internal OwnItems(LinkOptions options)
    {
        _options = options;
        Prefix = KeyPrefix(options.Channel);
        Control = Item(0);
    }

    internal string Prefix { get; }

    /// <summary>Gets the size of all texts that are kept.</summary>
    internal long TextBytes
    {
        get
        {
            long bytes = 0;
            foreach (OwnItem? item in Used)
                bytes += item?.TextBytes ?? 0;
            return bytes;
        }
    }

    internal OwnItem Control { get; }

    internal LinkMeasures Measures { get; } = new();

    /// <summary>Gets how many audits in a row have found another text in the control item than was written: somebody
    /// else writes it.</summary>
    internal int ForeignControls { get; private set; }

    internal static string KeyPrefix(string channel) => $"kvprpc.{channel}.";

    /// <summary>Gives an item's number from its key; -1 for a key that is not of this channel.</summary>
    internal int IndexOf(ReadOnlySpan<char> key)
    {
        // A Windows guest may show keys in another case.
        if (key.Length <= Prefix.Length || key.Length > Prefix.Length + 3
            || !key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return -1;
        ReadOnlySpan<char> digits = key[Prefix.Length..];
        return (digits.Length == 1 || digits[0] != '0')
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < MaxItems
            ? index
            : -1;
    }

    /// <summary>Finds the lowest slot that may take a new packet; null when the window is full.</summary>
    /// <param name="reserve">How many of the last free slots are left to others.</param>
    /// <param name="now">The time.</param>
    /// <param name="first">The lowest slot that comes into question.</param>
    internal OwnItem? LowestFree(int reserve, Instant now, int first = 0)
    {
        int free = 0;
        OwnItem? lowest = null;
        for (int i = first; i < _options.MaxSlots; i++)
        {
            OwnItem item = Item(i);
            if (!IsFree(item) || IsBlocked(item, now) || IsNoRoomFor(item, now))
                continue;
            free++;
            lowest ??= item;
            if (free > reserve)
                return lowest;
        }

        return null;
    }

    /// <summary>Gives when a slot takes a new packet: now, later, or never by itself.</summary>
    internal Instant FreeAt(int reserve, Instant now, int first = 0)
    {
        int free = 0;
        Instant next = Instant.Never;
        for (int i = first; i < _options.MaxSlots; i++)
        {
            OwnItem item = Item(i);
            if (!IsFree(item))
                continue;
            if (IsNoRoomFor(item, now))
                next = Instant.Earlier(next, _fullUntil);
            else if (!IsBlocked(item, now))
                free++;
            else
                next = Instant.Earlier(next, BlockedUntil(item));
            if (free > reserve)
                return now;
        }

        return next;
    }

    /// <summary>Gets whether a packet lies in an item for which the table has no room.</summary>
    internal bool IsStuck { get; private set; }

    /// <summary>Gives how many slots there are: fewer while the table takes no further item.</summary>
    internal int WindowAt(Instant now)
    {
        if (_fullUntil <= now)
            return _options.MaxSlots;
        int window = 0;
        for (int i = 0; i < _options.MaxSlots; i++)
            window += IsNoRoomFor(Item(i), now) ? 0 : 1;
        return window;
    }

    /// <summary>Gets how many slots hold unacknowledged packets.</summary>
    internal int HeldCount { get; private set; }

    internal void Hold(OwnItem item, ulong packetNumber)
    {
        item.PacketNumber = _lastPacket = packetNumber;
        HeldCount++;
    }

    /// <summary>Frees the slots whose packets are acknowledged.</summary>
    internal void Free(ulong ack, Instant now)
    {
        for (int i = 0; i < _options.MaxSlots && HeldCount > 0; i++)
        {
            if (_items[i] is not { PacketNumber: > 0 } item || item.PacketNumber > ack)
                continue;
            item.PacketNumber = 0;
            item.FreeSince = now;
            // What the peer has taken need not be written again.
            if (i > 0 && !item.InFlight)
                item.Release();
            HeldCount--;
        }
    }

    /// <summary>Finds the wide alphabet of a packet that has certainly landed; null for one in base64 or on its
    /// way.</summary>
    internal Alphabet? WideAlphabetOf(ulong packetNumber, Instant now)
    {
        foreach (OwnItem? item in Used)
        {
            if (item is { Exists: true, InFlight: false, IsDirty: false } && item.PacketNumber == packetNumber
                && !IsBlocked(item, now))
                return Alphabet.Find(item.Value.Span[0]) is { Number: > 0 } alphabet ? alphabet : null;
        }

        return null;
    }

    /// <summary>Forgets all packets, at the end of a link.</summary>
    internal void FreeAll(Instant now)
    {
        foreach (OwnItem? item in Used)
        {
            if (item is null)
                continue;
            item.PacketNumber = 0;
            item.IsProbe = false;
            item.FreeSince = now;
            item.IsDirty = false;
            if (item.Index > 0 && !item.InFlight)
                item.Release();
        }

        HeldCount = 0;
        _lastPacket = 0;
        IsStuck = false;
    }

    /// <summary>Adds items that must be written, or written again, with the text they have.</summary>
    internal void CollectDirty(List<OwnItem> batch, int max, Instant now)
    {
        foreach (OwnItem? item in Used)
        {
            if (batch.Count >= max)
                return;
            if (item is not { IsDirty: true, InFlight: false })
                continue;
            OwnItem target = item;
            if (item.RetryAt > now || item.Failures > 0)
                target = Rehouse(item, now);
            if (target.RetryAt <= now && !batch.Contains(target))
                batch.Add(target);
        }
    }

    /// <summary>Gives when the next item that did not land may be tried again.</summary>
    internal Instant NextRetry(Instant now)
    {
        Instant next = Instant.Never;
        foreach (OwnItem? item in Used)
        {
            if (item is { IsDirty: true, InFlight: false })
                next = Instant.Earlier(next, item.RetryAt > now ? item.RetryAt : now);
        }

        return next;
    }

    /// <summary>Takes what came of the write of an item.</summary>
    internal void HandleWritten(OwnItem item, WriteResult result, Instant now)
    {
        item.InFlight = false;
        if (result == WriteResult.Landed)
        {
            if (!item.Exists && item is { Index: > 0, IsDelete: false })
                (_fullFor, _fullUntil) = (FirstFullFor, default);
            item.Exists = item.MayExist = !item.IsDelete;
            item.Failures = 0;
            item.RetryAt = default;
            ReleaseIfDone(item);
            return;
        }

        if (result == WriteResult.InDoubt)
        {
            item.DoubtUntil = now + _options.DoubtAfter;
            item.MayExist = true;
        }

        item.Failures = Math.Min(item.Failures + 1, MaxFailures);
        // Each time once, however many packets there is no room for.
        if (IsWithoutPlace(item) && !IsStuck)
            NoteFull(now);
        item.RetryAt = now + (FirstRetryAfter * (1 << (item.Failures - 1)));
        // Writing again is the retransmission (rule 3); what no longer matters is let go.
        item.IsDirty |= Matters(item);
        ReleaseIfDone(item);
    }

    /// <summary>Gives when all items that hold nothing needed may be deleted; never if the table has no more than
    /// <paramref name="few"/> beside the control item, or none to delete.</summary>
    internal Instant AllIdleAt(int few)
    {
        int held = 0;
        int idle = 0;
        Instant latest = default;
        for (int i = 1; i < _count; i++)
        {
            if (_items[i] is not { } item)
                continue;
            // An item that the table keeps although it was to be deleted, again and again, is no reason by itself.
            bool stays = item.IsDelete && item.Failures >= MaxDeletions;
            held += item.PacketNumber > 0 || stays ? 1 : 0;
            if (stays || !IsIdle(item))
                continue;
            idle++;
            Instant until = BlockedUntil(item);
            latest = until > latest ? until : latest;
        }

        return idle > 0 && idle + held > few ? latest : Instant.Never;
    }

    /// <summary>Turns items that have long held nothing new into deletions, lowest last, since every item that exists
    /// costs the peer's every read.</summary>
    internal void CollectIdle(List<OwnItem> batch, int max, TimeSpan idleAfter, Instant now)
    {
        for (int i = _count - 1; i > 0 && batch.Count < max; i--)
        {
            if (_items[i] is not { } item || !IsIdle(item) || IsBlocked(item, now)
                || now - item.FreeSince < idleAfter || batch.Contains(item))
                continue;
            item.SetDelete();
            batch.Add(item);
        }
    }

    internal void BeginAudit() => Array.Clear(_seen);

    /// <summary>Takes one item of the own table; one that is not as it should be is written again.</summary>
    internal void HandleAudited(int index, ReadOnlySpan<char> text)
    {
        _seen[index] = true;
        OwnItem item = Item(index);
        if (item.InFlight)
            return;
        bool exists = !text.IsEmpty;
        if (exists && !item.Exists && item.Length == 0)
        {
            // Left by an earlier process: deleted beside the next write.
            item.Exists = true;
            item.FreeSince = default;
            return;
        }

        // Whatever has kept an item from being deleted may have passed.
        if (exists && item.IsDelete)
            item.Failures = Math.Min(item.Failures, MaxDeletions - 1);
        bool isAsWritten = text.SequenceEqual(item.Value.Span);
        if (index == 0)
            ForeignControls = exists && item.Exists && !item.IsDirty && !isAsWritten ? ForeignControls + 1 : 0;
        item.Exists = exists;
        if (Matters(item) && !isAsWritten)
            item.IsDirty = true;
    }

    internal void EndAudit()
    {
        for (int i = 0; i < MaxItems; i++)
        {
            if (_seen[i] || _items[i] is not { InFlight: false } item)
                continue;
            item.Exists = false;
            if (Matters(item))
                item.IsDirty = true;
            else if (item.IsDelete)
                item.IsDirty = false;
        }
    }

    // A table that takes no further item (rule 14): the packet moves to an item that is there as soon as one is free.
    private OwnItem Rehouse(OwnItem item, Instant now)
    {
        if (item.PacketNumber == 0 || item.Exists || item.DoubtUntil > now)
            return item;
        for (int i = 1; i < _options.MaxSlots; i++)
        {
            if (_items[i] is not { Exists: true, InFlight: false, PacketNumber: 0, IsProbe: false, IsDirty: false } free
                || free.DoubtUntil > now)
                continue;
            free.TakeOver(item);
            return free;
        }

        return item;
    }

    /// <summary>Gives the only item of a packet where rule 1 is taken out.</summary>
    internal static int IndexFor(ulong packetNumber, int slots) => (int)((packetNumber - 1) % (ulong)slots);

    private ReadOnlySpan<OwnItem?> Used => _items.AsSpan(0, _count);

    private bool IsFree(OwnItem item) => item is { PacketNumber: 0, IsProbe: false, InFlight: false }
        && (_options.Rules.PlacesPacketsAnywhere || item.Index == IndexFor(_lastPacket + 1, _options.MaxSlots));

    private static bool IsIdle(OwnItem item) =>
        (item.Exists || item.MayExist)
        && item is { InFlight: false, PacketNumber: 0, IsProbe: false, IsDirty: false };

    private static Instant BlockedUntil(OwnItem item) =>
        item.DoubtUntil > item.RetryAt ? item.DoubtUntil : item.RetryAt;

    private static bool IsWithoutPlace(OwnItem item) =>
        item is { Index: > 0, PacketNumber: > 0, Exists: false, MayExist: false, Failures: MaxFailures };

    // A table may take no further item (rule 14): then those that are there must do, for longer each time.
    private bool IsNoRoomFor(OwnItem item, Instant now) =>
        _fullUntil > now && item is { Index: > 0, Exists: false, MayExist: false };

    private void NoteFull(Instant now)
    {
        IsStuck = true;
        _fullUntil = now + _fullFor;
        _fullFor = _fullFor * 2 < LongestFullFor ? _fullFor * 2 : LongestFullFor;
    }

    // One write at a time (rule 2): what is in doubt may still land over a newer text.
    private bool IsBlocked(OwnItem item, Instant now) =>
        item.RetryAt > now || (item.DoubtUntil > now && _options.Rules.WaitsForEarlierWrites);

    // At rest a link keeps one text: that of its control item.
    private static void ReleaseIfDone(OwnItem item)
    {
        if (item.Index > 0 && !item.IsDirty && !item.IsDelete && !Matters(item))
            item.Release();
    }

    private static bool Matters(OwnItem item) =>
        item.Length > 0 && !item.IsDelete && (item.PacketNumber > 0 || item.IsProbe || item.Index == 0);

    private OwnItem Item(int index)
    {
        _count = Math.Max(_count, index + 1);
        return _items[index]
            ??= new(index, Prefix + index.ToString(CultureInfo.InvariantCulture), _options.MaxValueUnits);
    }
}
