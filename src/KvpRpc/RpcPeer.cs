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
        options = options with { Logger = new GuardedLogger(options.Logger) };
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
        options ??= new();
        CallSettings settings = CallSettings.Create(options, _client.Options);
        RpcInvoker invoker = Interception.Create(_client.Options.ClientInterceptors, options.Interceptors) is { } chain
            ? new InterceptedInvoker(_client, settings, chain)
            : new ClientInvoker(_client, settings);
        return RpcContracts.Get<TContract>().CreateClient(invoker);
    }

    /// <summary>Offers a service whose calls all run on one object, many at the same time.</summary>
    /// <param name="service">The object.</param>
    /// <param name="access">Who may call it.</param>
    /// <exception cref="InvalidOperationException">The contract has no generated code, a service of its name has been
    /// added already, or <paramref name="access"/> names a method that it has not.</exception>
    public void AddService<[KvpContract] TContract>(TContract service, RpcAccess access)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(access);
        _services.Add(new ServiceInstances<TContract>(service), access);
    }

    /// <summary>Offers a service whose calls all run on one object, to those whom
    /// <see cref="RpcPeerOptions.DefaultAccess"/> allows.</summary>
    /// <inheritdoc cref="AddService{TContract}(TContract, RpcAccess)"/>
    public void AddService<[KvpContract] TContract>(TContract service)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(service);
        _services.Add(new ServiceInstances<TContract>(service), _client.Options.DefaultAccess);
    }

    /// <summary>Offers a service whose calls each run on an object of their own, disposed of after the call.</summary>
    /// <param name="create">Makes an object.</param>
    /// <param name="access">Who may call the service.</param>
    /// <inheritdoc cref="AddService{TContract}(TContract, RpcAccess)"/>
    public void AddService<[KvpContract] TContract>(Func<TContract> create, RpcAccess access)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(access);
        _services.Add(new ServiceInstances<TContract>(create), access);
    }

    /// <summary>Offers a service whose calls each run on an object of their own, disposed of after the call, to those
    /// whom <see cref="RpcPeerOptions.DefaultAccess"/> allows.</summary>
    /// <inheritdoc cref="AddService{TContract}(Func{TContract}, RpcAccess)"/>
    public void AddService<[KvpContract] TContract>(Func<TContract> create)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(create);
        _services.Add(new ServiceInstances<TContract>(create), _client.Options.DefaultAccess);
    }

    /// <summary>Offers a service whose calls each run on what <paramref name="rent"/> gives, and gives it
    /// back.</summary>
    internal void AddRentedService<[KvpContract] TContract>(Func<ServiceLease<TContract>> rent, RpcAccess? access)
        where TContract : class =>
        _services.Add(new ServiceInstances<TContract>(rent), access ?? _client.Options.DefaultAccess);

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

    /// <summary>Stops gently: from now on the peer's calls end with <see cref="StatusCode.Unavailable"/> and do not run
    /// (<see cref="RpcException.CertainlyNotRun"/>), <see cref="RpcContext.Stopping"/> is cancelled, and the calls that
    /// run, of both sides, have <see cref="RpcPeerOptions.DrainTimeout"/> to end. Calls of the peer that have not ended
    /// then are cancelled: their callers see Unavailable, outcome unknown.</summary>
    /// <remarks>This side can still make calls, so that handlers can finish their work, until the peer is disposed of.
    /// There is no way back.</remarks>
    /// <param name="cancellationToken">Ends the time early.</param>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        await _server.BeginDrainAsync().ConfigureAwait(false);
        RpcPeerOptions options = _client.Options;
        await _table.WhenEmptyAsync().WaitAsync(options.DrainTimeout, options.TimeProvider, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_table.EndCallsOfPeer() is > 0 and int count)
            Log.CallsCutOff(options.Logger, count);
    }

    /// <summary>Ends all calls of both sides: own ones with <see cref="StatusCode.Unavailable"/>, those of the peer by
    /// cancelling their handlers, which are not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _server.BeginDrainAsync().ConfigureAwait(false);
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
