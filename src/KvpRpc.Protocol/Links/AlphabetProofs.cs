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
    private int _proven;
    private int _reportCount;
    private bool _sawNewDamage;

    /// <summary>Gets the alphabet of a text of this read that its alphabet refuses; null when there is none.</summary>
    internal Alphabet? Garbled { get; private set; }

    /// <summary>Gets whether the table should be read again soon: a damaged probe counts at its second sight.</summary>
    internal bool IsUneasy => _sawNewDamage;

    internal void BeginRead()
    {
        Garbled = null;
        _sawNewDamage = false;
    }

    /// <summary>Takes an item that may hold a probe; false when it holds none.</summary>
    internal bool TryTakeProbe(int index, ReadOnlySpan<char> text)
    {
        if (ProbeText.Find(text[0]) is not { Number: > 0 } alphabet)
            return false;
        if ((_proven & (1 << alphabet.Number)) != 0)
            return true;
        if (ProbeText.IsIntact(alphabet, seed, text))
        {
            _proven |= 1 << alphabet.Number;
            Report(new(alphabet.Number, index, text.Length));
            return true;
        }

        NoteDamage(alphabet, index, text);
        return true;
    }

    /// <summary>Takes a text that its alphabet refuses.</summary>
    internal void HandleGarbled(Alphabet alphabet, int index, ReadOnlySpan<char> text)
    {
        if (alphabet.Number == 0)
            return;
        ulong hash = Hash(text);
        if ((_proven & (1 << alphabet.Number)) == 0)
            (_garbledBefore ??= [])[index] = hash;
        else if (_garbledBefore is null || !_garbledBefore.TryGetValue(index, out ulong before) || before != hash)
            Garbled = alphabet;
    }

    /// <summary>Gives a report for the peer.</summary>
    internal bool TryGetReport(out AlphabetReport report) => _reports.TryDequeue(out report);

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
