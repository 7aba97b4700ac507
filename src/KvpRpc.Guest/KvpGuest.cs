using KvpRpc.Links;
using KvpRpc.Transports;

namespace KvpRpc.Guest;

/// <summary>A guest: the services it offers its host, and the calls to the host's.</summary>
public sealed class KvpGuest : IAsyncDisposable
{
    private readonly KvpChannel _channel;
    private readonly RpcPeer _peer;

    /// <summary>Initializes a guest on a transport, for example an emulated one.</summary>
    /// <param name="transport">The guest's tables; it belongs to the guest from now on.</param>
    /// <param name="options">How links are kept and calls are made.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public KvpGuest(IKvpTransport transport, KvpGuestOptions? options = null)
    {
        options ??= new();
        // The channel runs on the transport from its opening on: nothing may fail after it.
        options.Calls.Validate();
        _channel = KvpChannel.OpenGuest(transport, options.Links);
        _peer = new(_channel, options.Calls);
    }

    /// <summary>Gets the links to the host.</summary>
    public IKvpLinkSource Links => _channel;

    /// <summary>Opens the guest that this process runs in.</summary>
    /// <param name="options">How links are kept and calls are made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KvpTransportException">The tables cannot be opened; the message says why and what to
    /// do.</exception>
    /// <exception cref="PlatformNotSupportedException">This is no Linux guest.</exception>
    public static async ValueTask<KvpGuest> OpenAsync(
        KvpGuestOptions? options = null, CancellationToken cancellationToken = default)
    {
        (IKvpTransport transport, KvpGuestOptions known) =
            await OpenTransportAsync(options ?? new(), cancellationToken).ConfigureAwait(false);
        try
        {
            return new(transport, known);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the tables of the guest that this process runs in, and adds what they say of the VM to the
    /// options.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    internal static async ValueTask<(IKvpTransport Transport, KvpGuestOptions Options)> OpenTransportAsync(
        KvpGuestOptions options, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "This version opens the tables of Linux guests; the registry of Windows guests comes later.");
        }

        LinuxGuestTransportOptions linux =
            options.Linux with { KeyPrefix = KvpChannel.KeyPrefix(options.Links.Channel) };
        LinuxGuestTransport transport = LinuxGuestTransport.Open(linux);
        try
        {
            if (options.Links.VirtualMachineId is null)
            {
                GuestParameters facts = await GuestParameters.ReadAsync(linux, cancellationToken).ConfigureAwait(false);
                options = options with { Links = options.Links with { VirtualMachineId = facts.VirtualMachineId } };
            }

            return (transport, options);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Creates a client of a service that the host offers.</summary>
    /// <exception cref="InvalidOperationException">The contract has no generated code.</exception>
    public TContract CreateClient<[KvpContract] TContract>(RpcClientOptions? options = null)
        where TContract : class => _peer.CreateClient<TContract>(options);

    /// <summary>Offers a service to the host.</summary>
    /// <param name="service">The object on which all calls run, many at the same time.</param>
    /// <param name="access">What the host may call: <see cref="RpcAccess.Anyone"/> for all, <see
    /// cref="RpcAccess.Proven"/> for a host that holds the pre-shared key.</param>
    /// <exception cref="InvalidOperationException">The contract has no generated code, its service is offered already,
    /// or <paramref name="access"/> names a method that it has not.</exception>
    public void AddService<[KvpContract] TContract>(TContract service, RpcAccess access)
        where TContract : class => _peer.AddService(service, access);

    /// <summary>Offers a service to the host if <see cref="RpcPeerOptions.DefaultAccess"/> allows it.</summary>
    /// <inheritdoc cref="AddService{TContract}(TContract, RpcAccess)"/>
    public void AddService<[KvpContract] TContract>(TContract service)
        where TContract : class => _peer.AddService(service);

    /// <summary>Begins to take the host's calls.</summary>
    public void Start() => _peer.Start();

    /// <summary>Stops gently: runs no more calls of the host, and gives those that run, of both sides, the time that
    /// <see cref="RpcPeerOptions.DrainTimeout"/> allows. The link stays until disposal.</summary>
    /// <param name="cancellationToken">Ends the time early.</param>
    public Task DrainAsync(CancellationToken cancellationToken = default) => _peer.DrainAsync(cancellationToken);

    /// <summary>Ends all calls and closes the link.</summary>
    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync().ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
    }
}
