using KvpRpc.Transports;

namespace KvpRpc.Guest;

/// <summary>What a <see cref="LinuxGuestTransport"/> is opened for.</summary>
public sealed record LinuxGuestTransportOptions
{
    /// <summary>Where <c>hv_kvp_daemon</c> keeps its pool files on Linux.</summary>
    public const string DefaultFolder = "/var/lib/hyperv";

    /// <summary>Where the lock files of channels are.</summary>
    public const string DefaultLockFolder = "/run/kvprpc";

    /// <summary>Gets how the keys of all own items start, for example <c>kvprpc.default.</c>; 1 to 200 ASCII letters,
    /// digits and punctuation.</summary>
    /// <remarks>A record whose key starts so belongs to this transport: it may change or remove it. No prefix in use
    /// may be the start of another. Keys that start with the prefix and a tilde are the transport's own.</remarks>
    public required string KeyPrefix { get; init; }

    /// <summary>Gets the folder of the pool files; by default <see cref="DefaultFolder"/>.</summary>
    public string Folder { get; init; } = DefaultFolder;

    /// <summary>Gets the folder of the lock files that keep a second process off the channel; made when it does not
    /// exist. All processes of a guest must use the same; by default <see cref="DefaultLockFolder"/>.</summary>
    public string LockFolder { get; init; } = DefaultLockFolder;

    /// <summary>Gets how long to wait for others to release their lock of a pool file; by default 5 s. Then the read or
    /// write fails with <see cref="KvpTransportError.Unavailable"/>. The daemon holds it for less than a
    /// millisecond.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the clock of all waiting.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
