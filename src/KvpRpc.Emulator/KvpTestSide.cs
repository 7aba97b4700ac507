using KvpRpc.Links;

namespace KvpRpc.Emulator;

/// <summary>One side of a <see cref="KvpTestPair"/>: a program that serves and calls, and that can end and come
/// back.</summary>
public sealed class KvpTestSide
{
    private static readonly EmulatedFaults Silence = new() { ItemLost = 1 };

    private readonly Func<(FaultInjectingTransport Transport, KvpChannel Channel)> _open;
    private readonly Action<RpcPeer>? _offer;
    private readonly RpcPeerOptions _calls;
    private KvpChannel _channel = null!;

    internal KvpTestSide(
        Func<(FaultInjectingTransport Transport, KvpChannel Channel)> open,
        Action<RpcPeer>? offer,
        RpcPeerOptions calls)
    {
        _open = open;
        _offer = offer;
        _calls = calls;
        Begin();
    }

    /// <summary>Gets the peer of the life that runs now.</summary>
    public RpcPeer Peer { get; private set; } = null!;

    /// <summary>Gets the links of the life that runs now.</summary>
    public IKvpLinkSource Links => _channel;

    /// <summary>Gets the transport of the life that runs now: for faults of one side alone.</summary>
    public FaultInjectingTransport Transport { get; private set; } = null!;

    /// <summary>Creates a client of a service of the other side. It is one of this life: after a restart of this side
    /// its calls fail.</summary>
    /// <exception cref="InvalidOperationException">The contract has no generated code.</exception>
    public TContract CreateClient<[KvpContract] TContract>(RpcClientOptions? options = null)
        where TContract : class => Peer.CreateClient<TContract>(options);

    /// <summary>Ends the program as a good one ends, telling the other side, and starts it anew.</summary>
    public async Task RestartAsync()
    {
        await EndAsync().ConfigureAwait(false);
        Begin();
    }

    /// <summary>Ends the program without a word to the other side, as if it was killed, and starts it anew.</summary>
    public async Task CrashAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Begin();
    }

    internal Task KillAsync()
    {
        Transport.Faults = Silence;
        return EndAsync();
    }

    internal void Begin()
    {
        (Transport, _channel) = _open();
        Peer = new(_channel, _calls);
        _offer?.Invoke(Peer);
        Peer.Start();
    }

    internal async Task EndAsync()
    {
        await Peer.DisposeAsync().ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
    }
}
