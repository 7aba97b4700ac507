using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvpRpc.Links;

/// <summary>How a side keeps the links of a channel.</summary>
public sealed record KvpLinkOptions
{
    /// <summary>Gets the channel: independent links of one VM have different ones. 1 to 32 of a-z, 0-9 and
    /// hyphen.</summary>
    public string Channel { get; init; } = "default";

    /// <summary>Gets the VM's id: on a host it is needed, in a guest it is checked against what the host
    /// says.</summary>
    public Guid? VirtualMachineId { get; init; }

    /// <summary>Gets the VM's name, where it is known: it is told to handlers, and has no other effect.</summary>
    public string? VirtualMachineName { get; init; }

    /// <summary>Gets a key of 32 bytes that both sides hold, which proves each to the other; empty for none.</summary>
    public ReadOnlyMemory<byte> PreSharedKey { get; init; }

    /// <summary>Gets a file that the secrets of every link are added to, so that <c>kvprpc trace --key-log</c> shows a
    /// recording in clear; null, as it should be but to find a fault, for none.</summary>
    /// <remarks>Who reads the file reads the links in it, earlier and later packets included; a warning is logged. No
    /// environment variable sets this: only the program itself gives its secrets away. On Linux the file is made for
    /// its owner alone; one that others may read or write, a link to another file, and a folder that everybody may
    /// write to are refused: an <see cref="IOException"/> when the channel is opened. On Windows the file has the
    /// access that its folder gives. Several links of one process may share a file; processes must not.</remarks>
    public string? KeyLogFile { get; init; }

    /// <summary>Gets the largest message taken in, in bytes: 1 KiB to 64 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 4 << 20;

    /// <summary>Gets how many streams of the peer may be open at a time: 1 to 65,536.</summary>
    public int MaxStreams { get; init; } = 256;

    /// <summary>Gets how many items of the own table the link uses at most: 1 to 64.</summary>
    public int MaxSlots { get; init; } = 32;

    /// <summary>Gets the longest time between two reads of an idle link where nothing wakes the reader: on a host, the
    /// latency of a call that the guest begins.</summary>
    public TimeSpan IdleReadInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets the longest time between two reads while a call is open.</summary>
    public TimeSpan BusyReadInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets the silence after which the peer of an open call is asked for a sign of life.</summary>
    public TimeSpan KeepaliveAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long that sign may take before the link is lost.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets how long the streams of a lost link wait at most to hear whether they had reached the peer: the
    /// next hello of a peer that lives on says so, within a second as a rule. Then, or when the next link opens without
    /// such a word, they end. Zero: at once, whenever it is not certain that they were never sent.</summary>
    public TimeSpan SettleWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets where the links log.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">An option is outside its range; the message names it.</exception>
    public void Validate()
    {
        if (!IsChannelName(Channel))
            throw new ArgumentException($"Channel: '{Channel}' is not 1 to 32 of a-z, 0-9 and hyphen.");
        if (PreSharedKey.Length is not (0 or 32))
            throw new ArgumentException("PreSharedKey: a pre-shared key has 32 bytes.");
        if (MaxMessageBytes is < 1024 or > 64 << 20)
            throw new ArgumentException("MaxMessageBytes: the limit is from 1 KiB to 64 MiB.");
        if (MaxStreams is < 1 or > 65536)
            throw new ArgumentException("MaxStreams: the limit is from 1 to 65,536.");
        if (MaxSlots is < 1 or > 64)
            throw new ArgumentException("MaxSlots: the window is from 1 to 64 items.");
        if (IdleReadInterval <= TimeSpan.Zero || BusyReadInterval <= TimeSpan.Zero
            || KeepaliveAfter <= TimeSpan.Zero || LostAfter <= TimeSpan.Zero)
            throw new ArgumentException("Intervals are longer than zero.");
        if (SettleWithin < TimeSpan.Zero)
            throw new ArgumentException("SettleWithin: the time is zero or longer.");
    }

    private static bool IsChannelName(string name)
    {
        foreach (char unit in name)
        {
            if (unit is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
                return false;
        }

        return name.Length is > 0 and <= 32;
    }
}
