using KvpRpc.Links;

namespace KvpRpc.Hosting;

/// <summary>What the configuration says of links and calls, the same for both sides.</summary>
/// <remarks>They are checked when the application starts; it does not start with wrong ones.</remarks>
public abstract class KvpSettings
{
    private protected KvpSettings()
    {
    }

    /// <summary>Gets or sets the channel: independent programs of one VM have different ones, and both sides the same.
    /// 1 to 32 of a-z, 0-9 and hyphen; by default <c>default</c>.</summary>
    public string Channel { get; set; } = "default";

    /// <summary>Gets or sets the key that both sides hold, which proves each to the other: 32 bytes in base64. Null:
    /// there is none.</summary>
    public string? PreSharedKey { get; set; }

    /// <inheritdoc cref="RpcPeerOptions.DefaultDeadline"/>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long calls that run have to end when the application stops; the host's own time for
    /// that, 30 seconds unless set otherwise, must be longer. By default 10 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="RpcPeerOptions.MaxConcurrentCalls"/>
    public int MaxConcurrentCalls { get; set; } = 256;

    /// <summary>Gets or sets the most bytes of one message, sent or received: 1 KiB to 64 MiB; by default 4
    /// MiB.</summary>
    public int MaxMessageBytes { get; set; } = 4 << 20;

    /// <inheritdoc cref="RpcPeerOptions.Compression"/>
    public RpcCompression Compression { get; set; }

    /// <inheritdoc cref="RpcPeerOptions.IncludeExceptionDetails"/>
    public bool IncludeExceptionDetails { get; set; }

    /// <inheritdoc cref="KvpLinkOptions.IdleReadInterval"/>
    public TimeSpan IdleReadInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc cref="KvpLinkOptions.BusyReadInterval"/>
    public TimeSpan BusyReadInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc cref="KvpLinkOptions.KeepaliveAfter"/>
    public TimeSpan KeepaliveAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="KvpLinkOptions.LostAfter"/>
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets the settings as the options of links.</summary>
    internal KvpLinkOptions ToLinks() => new()
    {
        Channel = Channel ?? "",
        PreSharedKey = string.IsNullOrEmpty(PreSharedKey) ? default : Convert.FromBase64String(PreSharedKey),
        MaxMessageBytes = MaxMessageBytes,
        IdleReadInterval = IdleReadInterval,
        BusyReadInterval = BusyReadInterval,
        KeepaliveAfter = KeepaliveAfter,
        LostAfter = LostAfter,
    };

    /// <summary>Gets the settings as the options of calls.</summary>
    internal RpcPeerOptions ToCalls() => new()
    {
        DefaultDeadline = DefaultDeadline,
        DrainTimeout = DrainTimeout,
        MaxConcurrentCalls = MaxConcurrentCalls,
        MaxMessageBytes = MaxMessageBytes,
        Compression = Compression,
        IncludeExceptionDetails = IncludeExceptionDetails,
    };
}
