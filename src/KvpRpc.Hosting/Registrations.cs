using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace KvpRpc.Hosting;

/// <summary>A service that a host offers.</summary>
internal sealed record HostServiceOffer(Action<KvpHost, IServiceScopeFactory> Add);

/// <summary>A change of a host's options.</summary>
internal sealed record HostOptionsChange(Func<KvpHostOptions, KvpHostOptions> Change);

/// <summary>A service that a guest offers.</summary>
internal sealed record GuestServiceOffer(Action<RpcPeer, IServiceScopeFactory> Add);

/// <summary>A change of a guest's options.</summary>
internal sealed record GuestOptionsChange(Func<KvpGuestOptions, KvpGuestOptions> Change);

/// <summary>Where a guest's tables are.</summary>
internal sealed record GuestTransportChoice(Func<IServiceProvider, string, IKvpTransport> Open);
