using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Protocol.Links;

/// <summary>What comes through of the peer's alphabets: probes, and later texts that are in none (rule 7).</summary>
/// <remarks>
/// An intact probe is reported at once, a damaged one when a second read shows it alike (rule 5). A text that its
/// alphabet refuses counts only in an alphabet proven on this link and only if it was not there before the proof: what
/// an earlier link has left says nothing of this one.
/// </remarks>
internal sealed class AlphabetProofs(uint seed)
{
    // Far more than a peer that keeps to the protocol has probes.
    private const int MaxReports = 32;

    private readonly Queue<AlphabetReport> _reports = new();
    private Dictionary<int, Damage>? _damaged;
    private Dictionary<int, ulong>? _garbledBefore;
    private int _garbled;
    private int _unreadable;
    private int _reportCount;
    private bool _sawNewDamage;

    /// <summary>Gets how much is noted of items, and to be reported.</summary>
    internal int NotedCount => _reports.Count + (_damaged?.Count ?? 0) + (_garbledBefore?.Count ?? 0);

    /// <summary>Gets the alphabets of which a probe came through: bit n for number n.</summary>
    internal int Proven { get; private set; }

    /// <summary>Gets since when reads have shown a text that its alphabet refuses; null when the last did
    /// not.</summary>
    internal Instant? GarbledSince { get; private set; }

    /// <summary>Gets the alphabets that may be why the link has ended: bit n for number n.</summary>
    internal int Blamed { get; private set; }

    /// <summary>Gets whether nothing else can be why.</summary>
    internal bool IsCertain { get; private set; }

    /// <summary>Gets whether the table should be read again soon: a damaged probe counts at its second sight.</summary>
    internal bool IsUneasy => _sawNewDamage;

    internal void BeginRead()
    {
        _garbled = _unreadable = 0;
        _sawNewDamage = false;
    }

    internal void EndRead(Instant now) => GarbledSince = _garbled != 0 ? GarbledSince ?? now : null;

    /// <summary>Takes note that the next packet is there in this alphabet but cannot be opened.</summary>
    internal void HandleUnreadable(Alphabet alphabet) => _unreadable |= (1 << alphabet.Number) & ~1;

    /// <summary>Takes note that the link ends for texts that no bytes have.</summary>
    internal void BlameGarbled() => (Blamed, IsCertain) = (_garbled, true);

    /// <summary>Takes note that the link ends for a packet that cannot be opened.</summary>
    internal void BlameUnreadable() => Blamed = _unreadable;

    /// <summary>Takes note that the link ends for a packet that stays missing.</summary>
    internal void BlameMissing() => Blamed = Proven;

    /// <summary>Takes the text of an item; false when it is a probe or none that bytes have.</summary>
    internal bool TryRead(
        int index, ReadOnlySpan<char> text, Span<byte> bytes, [NotNullWhen(true)] out Alphabet? alphabet, out int count)
    {
        count = 0;
        alphabet = Alphabet.Find(text[0]);
        if (alphabet is null)
        {
            TakeProbe(index, text);
            return false;
        }

        if (alphabet.TryDecode(text[1..], bytes, out count))
            return true;
        HandleGarbled(alphabet, index, text);
        return false;
    }

    /// <summary>Gives a report for the peer.</summary>
    internal bool TryGetReport(out AlphabetReport report) => _reports.TryDequeue(out report);

    private void TakeProbe(int index, ReadOnlySpan<char> text)
    {
        if (ProbeText.Find(text[0]) is not { Number: > 0 } alphabet || (Proven & (1 << alphabet.Number)) != 0)
            return;
        if (!ProbeText.IsIntact(alphabet, seed, text))
        {
            NoteDamage(alphabet, index, text);
            return;
        }

        Proven |= 1 << alphabet.Number;
        Report(new(alphabet.Number, index, text.Length));
    }

    private void HandleGarbled(Alphabet alphabet, int index, ReadOnlySpan<char> text)
    {
        if (alphabet.Number == 0)
            return;
        ulong hash = Hash(text);
        if ((Proven & (1 << alphabet.Number)) == 0)
            (_garbledBefore ??= [])[index] = hash;
        else if (_garbledBefore is null || !_garbledBefore.TryGetValue(index, out ulong before) || before != hash)
            _garbled |= 1 << alphabet.Number;
    }

    private void NoteDamage(Alphabet alphabet, int index, ReadOnlySpan<char> text)
    {
        ulong hash = Hash(text);
        _damaged ??= [];
        if (!_damaged.TryGetValue(index, out Damage damage) || damage.Hash != hash)
        {
            _damaged[index] = new(hash, IsReported: false);
            _sawNewDamage = true;
        }
        else if (!damage.IsReported)
        {
            _damaged[index] = damage with { IsReported = true };
            Report(new(alphabet.Number, index, Units: 0));
        }
    }

    private void Report(in AlphabetReport report)
    {
        if (_reportCount++ < MaxReports)
            _reports.Enqueue(report);
    }

    // FNV-1a: tells texts apart that nobody has chosen; no security hangs on it.
    private static ulong Hash(ReadOnlySpan<char> text)
    {
        ulong hash = 14695981039346656037;
        foreach (byte value in MemoryMarshal.AsBytes(text))
            hash = (hash ^ value) * 1099511628211;
        return hash;
    }

    private readonly record struct Damage(ulong Hash, bool IsReported);
}

/// <summary>What a side has seen of a probe of its peer.</summary>
/// <param name="Number">The alphabet's number.</param>
/// <param name="Index">The item that holds the probe.</param>
/// <param name="Units">How long it is, with its mark, if it is intact; else 0.</param>
internal readonly record struct AlphabetReport(int Number, int Index, int Units);
