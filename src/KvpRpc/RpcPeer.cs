using KvpRpc.Calls;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc;

/// <summary>One side of a link: it offers services to the peer and calls those of the peer, at the same time.</summary>
/// <remarks>
/// <para>A link may end and another come: clients and services stay the same. A call that has no link waits for one
/// until its deadline; a call whose link ends fails with <see cref="StatusCode.Unavailable"/>, and <see
/// cref="RpcException.CertainlyNotRun"/> says whether it may have run.</para>
/// <para>All members are safe to call from any thread.</para>
/// </remarks>
public sealed class RpcPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CallTable _table;
    private readonly ServiceTable _services = new();
    private readonly CallClient _client;
    private readonly CallServer _server;
    private readonly TaskCompletionSource _serverEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isStarted;
    private int _isDisposed;

    /// <summary>Initializes a peer; it takes calls after <see cref="Start"/>.</summary>
    /// <param name="links">Where links come from. The peer ends no link: that is for their owner.</param>
    /// <param name="options">How calls are made and taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of its range.</exception>
    public RpcPeer(IKvpLinkSource links, RpcPeerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(links);
        options ??= new RpcPeerOptions();
        options.Validate();
        _table = new CallTable(options.TimeProvider);
        _client = new CallClient(links, _table, options);
        _server = new CallServer(links, _table, _services, options, _stopping.Token);
    }

    /// <summary>Creates a client of a service that the peer offers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The contract has no generated code.</exception>
    public TContract CreateClient<[KvpContract] TContract>(RpcClientOptions? options = null)
        where TContract : class
    {
        CallSettings settings = CallSettings.Create(options ?? new(), _client.Options.DefaultDeadline);
        return RpcContracts.Get<TContract>().CreateClient(new ClientInvoker(_client, settings));
    }

    /// <summary>Offers a service whose calls all run on one object, many at the same time.</summary>
    /// <exception cref="InvalidOperationException">The contract has no generated code, or a service of its name has
    /// been added already.</exception>
    public void AddService<[KvpContract] TContract>(TContract service)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(service);
        _services.Add(new ServiceInstances<TContract>(service));
    }

    /// <summary>Offers a service whose calls each run on an object of their own, disposed of after the call.</summary>
    /// <exception cref="InvalidOperationException">The contract has no generated code, or a service of its name has
    /// been added already.</exception>
    public void AddService<[KvpContract] TContract>(Func<TContract> create)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(create);
        _services.Add(new ServiceInstances<TContract>(create));
    }

    /// <summary>Offers a service whose calls each run on what <paramref name="rent"/> gives, and gives it
    /// back.</summary>
    internal void AddRentedService<[KvpContract] TContract>(Func<ServiceLease<TContract>> rent)
        where TContract : class => _services.Add(new ServiceInstances<TContract>(rent));

    /// <summary>Begins to take the peer's calls; those of services added later end with
    /// <see cref="StatusCode.Unimplemented"/> until then. Repeated calls do nothing.</summary>
    /// <exception cref="ObjectDisposedException">The peer has been disposed of.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        if (Interlocked.Exchange(ref _isStarted, 1) != 0)
            return;

        // Without the ambient state of whoever starts the peer: handlers do not run in it.
        ThreadPool.UnsafeQueueUserWorkItem(static peer => _ = peer.AcceptAsync(), this, preferLocal: false);
    }

    /// <summary>Ends all calls of both sides: own ones with <see cref="StatusCode.Unavailable"/>, those of the peer by
    /// cancelling their handlers, which are not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _table.Dispose();
        if (Interlocked.Exchange(ref _isStarted, 1) != 0)
            await _serverEnded.Task.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        await _server.RunAsync().ConfigureAwait(false);
        _serverEnded.SetResult();
    }
}
