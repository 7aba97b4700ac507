using System.Diagnostics.CodeAnalysis;
using KvpRpc.Guest;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KvpRpc.Hosting;

/// <summary>Says what a guest in this application offers its host, and what it calls there.</summary>
public sealed class KvpGuestBuilder
{
    internal KvpGuestBuilder(IServiceCollection services) => Services = services;

    /// <summary>Gets the services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Says where the guest's tables are, instead of those of the machine: for example emulated
    /// ones.</summary>
    /// <param name="open">Opens the transport for a prefix of keys; called again after a <see
    /// cref="KvpTransportException"/>.</param>
    public KvpGuestBuilder UseTransport(Func<IServiceProvider, string, IKvpTransport> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        Services.Replace(ServiceDescriptor.Singleton(new GuestTransportChoice(open)));
        return this;
    }

    /// <summary>Changes options that are no settings. It runs once, after the settings have been taken over.</summary>
    public KvpGuestBuilder ConfigureOptions(Func<KvpGuestOptions, KvpGuestOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Services.AddSingleton(new GuestOptionsChange(change));
        return this;
    }

    /// <summary>Offers a service to the host. Each call has a scope of its own, with its own object, which ends with
    /// the call, also that of a stream.</summary>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <typeparam name="TService">The class, whose constructor gets what the scope has. It is registered as scoped,
    /// unless it is registered already.</typeparam>
    /// <param name="access">Who may call it; null: those whom <see cref="RpcPeerOptions.DefaultAccess"/> allows, by
    /// default nobody.</param>
    public KvpGuestBuilder AddService<
        [KvpContract] TContract,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        RpcAccess? access = null)
        where TContract : class
        where TService : class, TContract
    {
        Services.TryAddScoped<TService>();
        Services.AddSingleton(new GuestServiceOffer((peer, scopes) =>
            peer.AddRentedService(() => ScopedService.Rent<TContract, TService>(scopes), access)));
        return this;
    }

    /// <summary>Lets a client of a service of the host be injected, as the contract itself. Its calls wait until their
    /// deadline for the link.</summary>
    /// <param name="options">How its calls are made.</param>
    public KvpGuestBuilder AddClient<[KvpContract] TContract>(RpcClientOptions? options = null)
        where TContract : class
    {
        Services.AddSingleton(provider =>
            provider.GetRequiredService<HostedGuest>().Peer.CreateClient<TContract>(options));
        return this;
    }
}
