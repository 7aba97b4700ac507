using KvpRpc.Driver;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Transports;

namespace KvpRpc.Links;

/// <summary>One side of a channel over KVP tables: it keeps a link to the peer open, and gives the next one when it
/// ends.</summary>
public sealed class KvpChannel : IKvpLinkSource, IAsyncDisposable
{
    private readonly LinkDriver _driver;

    private KvpChannel(IKvpTransport transport, PeerRole role, KvpLinkOptions? options)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options ??= new();
        _driver = new(transport, role, options);
        Peer = new(
            role == PeerRole.Host ? RpcPeerSide.Guest : RpcPeerSide.Host,
            options.VirtualMachineId,
            options.VirtualMachineName,
            IsProven: !options.PreSharedKey.IsEmpty);
    }

    /// <inheritdoc/>
    public RpcPeerIdentity Peer { get; }

    /// <inheritdoc/>
    public KvpLink? CurrentLink => _driver.CurrentLink;

    /// <inheritdoc/>
    public string? Obstacle => _driver.Obstacle;

    /// <summary>Gets how long ago something new of the peer was read; null: never. A peer with nothing to say writes
    /// nothing, so this grows while a link rests, and means nothing then.</summary>
    public TimeSpan? SinceHeard => _driver.SinceHeard;

    /// <summary>Gives what the keys of a channel's items start with: what its transport is opened for.</summary>
    /// <param name="channel">The channel's name: 1 to 32 of a-z, 0-9 and hyphen.</param>
    public static string KeyPrefix(string channel) => OwnItems.KeyPrefix(channel);

    /// <summary>Opens the host's side. It initiates: as soon as a guest's side is there, a link opens.</summary>
    /// <param name="transport">Where the tables of the VM are; it belongs to the channel from now on.</param>
    /// <param name="options">How the links are kept; <see cref="KvpLinkOptions.VirtualMachineId"/> is needed.</param>
    /// <exception cref="ArgumentException">An option is outside its range, there is no VM id, or the transport's limits
    /// leave no room for a link. The transport then still belongs to the caller.</exception>
    public static KvpChannel OpenHost(IKvpTransport transport, KvpLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.VirtualMachineId is null)
            throw new ArgumentException(
                "VirtualMachineId: a host names the VM whose tables these are.", nameof(options));
        return new(transport, PeerRole.Host, options);
    }

    /// <summary>Opens the guest's side. It answers the host.</summary>
    /// <param name="transport">Where the tables are; it belongs to the channel from now on.</param>
    /// <param name="options">How the links are kept.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the transport's limits leave no room for
    /// a link. The transport then still belongs to the caller.</exception>
    public static KvpChannel OpenGuest(IKvpTransport transport, KvpLinkOptions? options = null) =>
        new(transport, PeerRole.Guest, options);

    /// <inheritdoc/>
    public ValueTask<KvpLink> GetLinkAsync(CancellationToken cancellationToken) =>
        _driver.GetLinkAsync(cancellationToken);

    /// <summary>Closes the link, tells the peer, and disposes of the transport.</summary>
    public ValueTask DisposeAsync() => _driver.DisposeAsync();
}
