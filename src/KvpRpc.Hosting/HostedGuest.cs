using KvpRpc.Guest;
using KvpRpc.Links;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KvpRpc.Hosting;

/// <summary>The guest of an application: its calls are there from the beginning, its tables as soon as they can be
/// opened.</summary>
internal sealed class HostedGuest : IAsyncDisposable
{
    private readonly KvpGuestOptions _options;
    private readonly Func<string, IKvpTransport>? _open;
    private KvpChannel? _channel;

    internal HostedGuest(IServiceProvider provider)
    {
        KvpGuestSettings settings = provider.GetRequiredService<IOptions<KvpGuestSettings>>().Value;
        ILoggerFactory loggers = provider.GetRequiredService<ILoggerFactory>();
        TimeProvider time = provider.GetService<TimeProvider>() ?? TimeProvider.System;
        KvpGuestOptions options = new()
        {
            Links = settings.ToLinks() with { TimeProvider = time, Logger = loggers.CreateLogger("KvpRpc.Links") },
            Calls = settings.ToCalls() with { TimeProvider = time, Logger = loggers.CreateLogger("KvpRpc.Calls") },
        };
        _options = provider.GetServices<GuestOptionsChange>()
            .Aggregate(options, static (changed, next) => next.Change(changed));
        if (provider.GetService<GuestTransportChoice>() is { } choice)
            _open = prefix => choice.Open(provider, prefix);
        Peer = new(Links, _options.Calls);
        IServiceScopeFactory scopes = provider.GetRequiredService<IServiceScopeFactory>();
        foreach (GuestServiceOffer offer in provider.GetServices<GuestServiceOffer>())
            offer.Add(Peer, scopes);
    }

    internal RpcPeer Peer { get; }

    internal LaterLinks Links { get; } = new();

    internal TimeProvider TimeProvider => _options.Links.TimeProvider;

    /// <summary>Gets how long ago something new of the host was read; null: never.</summary>
    internal TimeSpan? SinceHeard => Volatile.Read(ref _channel)?.SinceHeard;

    /// <summary>Opens the tables and takes calls from then on.</summary>
    /// <exception cref="KvpTransportException">They cannot be opened; it may be tried again.</exception>
    internal async Task OpenAsync(CancellationToken cancellationToken)
    {
        (IKvpTransport transport, KvpGuestOptions options) = _open is null
            ? await KvpGuest.OpenTransportAsync(_options, cancellationToken).ConfigureAwait(false)
            : (_open(KvpChannel.KeyPrefix(_options.Links.Channel)), _options);
        try
        {
            KvpChannel channel = KvpChannel.OpenGuest(transport, options.Links);
            Volatile.Write(ref _channel, channel);
            Links.Open(channel);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Peer.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync().ConfigureAwait(false);
        if (_channel is not null)
            await _channel.DisposeAsync().ConfigureAwait(false);
    }
}
