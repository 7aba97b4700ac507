using System.Diagnostics.CodeAnalysis;
using KvpRpc.Host;
using KvpRpc.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KvpRpc.Hosting;

/// <summary>Says what a host in this application offers its VMs, and whom it calls.</summary>
public sealed class KvpHostBuilder
{
    internal KvpHostBuilder(IServiceCollection services) => Services = services;

    /// <summary>Gets the services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Says which hypervisor it is, for example an emulated one. It is disposed of with the
    /// application.</summary>
    public KvpHostBuilder UseHypervisor(Func<IServiceProvider, IKvpHypervisor> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.Replace(ServiceDescriptor.Singleton(create));
        return this;
    }

    /// <summary>Changes options that are no settings. It runs once, after the settings have been taken over.</summary>
    public KvpHostBuilder ConfigureOptions(Func<KvpHostOptions, KvpHostOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Services.AddSingleton(new HostOptionsChange(change));
        return this;
    }

    /// <summary>Offers a service to every VM. Each call has a scope of its own, with its own object, which ends with
    /// the call, also that of a stream; <see cref="RpcContext.Current"/> says which VM calls.</summary>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <typeparam name="TService">The class, whose constructor gets what the scope has. It is registered as scoped,
    /// unless it is registered already.</typeparam>
    /// <param name="access">Who may call it; null: those whom <see cref="RpcPeerOptions.DefaultAccess"/> allows, by
    /// default nobody.</param>
    public KvpHostBuilder AddService<
        [KvpContract] TContract,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        RpcAccess? access = null)
        where TContract : class
        where TService : class, TContract
    {
        Services.TryAddScoped<TService>();
        Services.AddSingleton(new HostServiceOffer((host, scopes) =>
            host.AddRentedService(() => ScopedService.Rent<TContract, TService>(scopes), access)));
        return this;
    }

    /// <summary>Lets clients of a service be injected, for the VM that the key names: <c>[FromKeyedServices("web-01")]
    /// IPatching patching</c>. For VMs that are known only at run time there is <see cref="KvpClients"/>.</summary>
    /// <param name="options">How their calls are made.</param>
    public KvpHostBuilder AddClient<[KvpContract] TContract>(RpcClientOptions? options = null)
        where TContract : class
    {
        Services.AddKeyedSingleton<TContract>(KeyedService.AnyKey, (provider, key) =>
            provider.GetRequiredService<KvpClients>().Get<TContract>(key?.ToString() ?? "", options));
        return this;
    }
}
