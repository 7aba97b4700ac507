using System.Globalization;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;

namespace KvpRpc.Protocol.Links;

/// <summary>What one side of a channel keeps to. Durations are on the caller's clock.</summary>
internal sealed record LinkOptions
{
    private const int MaxChannelLength = 32;

    // The longest hello in base64, with its mark.
    private const int MinValueUnits = 1 + (((HelloCodec.MaxBytes * 4) + 2) / 3);

    // Less than an item holds would make a credit frame of every packet.
    private const int MinStreamWindow = 1024;

    // Each may hold a window: far more than memory has.
    private const int MostStreams = 1 << 20;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    internal required PeerRole Role { get; init; }

    /// <summary>Gets the channel's name: 1 to 32 of a-z, 0-9 and hyphen, since a guest may not tell cases
    /// apart.</summary>
    internal string Channel { get; init; } = "default";

    /// <summary>Gets the VM's id; a host says it in its hello, a guest that knows its own refuses another.</summary>
    internal Guid? VmId { get; init; }

    /// <summary>Gets the largest value that the own transport writes, in UTF-16 units.</summary>
    internal int MaxValueUnits { get; init; } = 1022;

    /// <summary>Gets the largest value that the own transport writes, in bytes of UTF-8; null where only units
    /// count.</summary>
    internal int? MaxValueUtf8Bytes { get; init; }

    /// <summary>Gets which alphabets the side may write and read: bit n for the alphabet of number n.</summary>
    internal byte Alphabets { get; init; } = 0xFF;

    /// <summary>Gets how many own items a link uses at most: the window.</summary>
    internal int MaxSlots { get; init; } = 32;

    internal int MaxMessageBytes { get; init; } = 4 << 20;

    internal int StreamWindow { get; init; } = 64 << 10;

    internal int MaxStreams { get; init; } = 256;

    /// <summary>Gets how many bytes of messages larger than a stream's window are taken in at a time: 16 MiB, or the
    /// largest message where that is larger.</summary>
    internal int ReceiveBudget { get => field > 0 ? field : Math.Max(16 << 20, MaxMessageBytes); init; }

    internal bool UsesPreSharedKey { get; init; }

    /// <summary>Gets the silence, while a stream is open, after which the peer is nudged.</summary>
    internal TimeSpan KeepaliveAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long a nudge may stay unanswered before the link is lost.</summary>
    internal TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets how long a packet or hello stays unanswered before the own table is audited; doubles each
    /// time.</summary>
    internal TimeSpan AuditAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the longest time between two audits.</summary>
    internal TimeSpan MaxAuditAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long the next packet may stay unreadable before the link is lost.</summary>
    internal TimeSpan BadItemAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long a packet may be missing below one that is there before the link is lost.</summary>
    internal TimeSpan GapAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a host waits for a guest that is there to answer its hello before it draws a new
    /// one.</summary>
    internal TimeSpan RedrawAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a slot whose write is in doubt takes no new packet (rule 2).</summary>
    internal TimeSpan DoubtAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long a link rests before what a burst has left in the own table is cleared away.</summary>
    internal TimeSpan TidyAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the implementation's name for the hello.</summary>
    internal string? Implementation { get; init; }

    /// <summary>Gets the rules to keep to; only tests take one out.</summary>
    internal LinkRules Rules { get; init; } = LinkRules.All;

    /// <summary>Gets which of <see cref="Alphabets"/> this version knows and the own transport's limits let through;
    /// always base64.</summary>
    internal byte CarriedAlphabets
    {
        get
        {
            int mask = 0;
            foreach (Alphabet alphabet in Alphabet.All)
            {
                if (alphabet.Number == 0 || ((Alphabets & (1 << alphabet.Number)) != 0
                    && !(1 + alphabet.MaxUtf8Bytes(MaxValueUnits - 1) > MaxValueUtf8Bytes)))
                    mask |= 1 << alphabet.Number;
            }

            return (byte)mask;
        }
    }

    internal bool IsHost => Role == PeerRole.Host;

    /// <summary>Refuses what no link can keep to.</summary>
    /// <exception cref="ArgumentException">A limit is out of its range, or two do not fit together.</exception>
    internal void Validate()
    {
        if (Channel.Length is 0 or > MaxChannelLength
            || Channel.Any(unit => !char.IsAsciiLetterLower(unit) && !char.IsAsciiDigit(unit) && unit != '-'))
            Refuse($"{nameof(Channel)} has 1 to {MaxChannelLength} characters of a-z, 0-9 and hyphen.");
        Check(nameof(MaxValueUnits), MaxValueUnits, MinValueUnits, ProbeText.MaxUnits);
        Check(nameof(MaxValueUtf8Bytes), MaxValueUtf8Bytes ?? int.MaxValue, MinValueUnits, int.MaxValue);
        Check(nameof(MaxSlots), MaxSlots, 1, OwnItems.MaxItems);
        Check(nameof(MaxStreams), MaxStreams, 1, MostStreams);
        Check(nameof(StreamWindow), StreamWindow, MinStreamWindow, 1 << 30);
        Check(nameof(MaxMessageBytes), MaxMessageBytes, 1, 1 << 30);
        if (ReceiveBudget < MaxMessageBytes)
        {
            Refuse($"{nameof(ReceiveBudget)} is {ReceiveBudget}: a message of {nameof(MaxMessageBytes)}, "
                + $"{MaxMessageBytes}, could never be taken in.");
        }

        CheckTime(nameof(KeepaliveAfter), KeepaliveAfter);
        CheckTime(nameof(LostAfter), LostAfter);
        CheckTime(nameof(AuditAfter), AuditAfter);
        CheckTime(nameof(MaxAuditAfter), MaxAuditAfter, AuditAfter);
        CheckTime(nameof(BadItemAfter), BadItemAfter);
        CheckTime(nameof(GapAfter), GapAfter);
        CheckTime(nameof(RedrawAfter), RedrawAfter);
        CheckTime(nameof(DoubtAfter), DoubtAfter);
        CheckTime(nameof(TidyAfter), TidyAfter);
    }

    private static void Check(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            Refuse(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}: it is from {least} to {most}."));
    }

    private static void CheckTime(string name, TimeSpan value, TimeSpan least = default)
    {
        if (value <= TimeSpan.Zero || value < least || value > LongestTime)
            Refuse($"{name} is {value}: it is more than zero, at least {least} and at most {LongestTime}.");
    }

    private static void Refuse(string reason) => throw new ArgumentException(reason);
}
