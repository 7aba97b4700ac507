using KvpRpc.Host;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KvpRpc.Hosting;

/// <summary>Adds the sides of KvpRpc to an application.</summary>
public static class KvpServiceCollectionExtensions
{
    /// <summary>Adds a host: <see cref="KvpHost"/>, <see cref="KvpClients"/>, <see cref="KvpHostHealthCheck"/> and what
    /// keeps links to VMs while the application runs.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets the settings; they are checked when the application starts.</param>
    public static KvpHostBuilder AddKvpHost(this IServiceCollection services, Action<KvpHostSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        KvpHostBuilder builder = services.AddKvpHost();
        services.Configure(configure);
        return builder;
    }

    /// <summary>Adds a host with the settings that it has by default.</summary>
    /// <inheritdoc cref="AddKvpHost(IServiceCollection, Action{KvpHostSettings})"/>
    public static KvpHostBuilder AddKvpHost(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<KvpHostSettings>().ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<KvpHostSettings>, SettingsValidator<KvpHostSettings>>());
        services.TryAddSingleton(HostedHost.CreateOptions);
        services.TryAddSingleton(HostedHost.Create);
        services.TryAddSingleton(provider => new KvpClients(
            provider.GetRequiredService<KvpHost>(), provider.GetRequiredService<KvpHostOptions>().Calls));
        services.TryAddSingleton(provider => new KvpHostHealthCheck(
            provider.GetRequiredService<KvpHost>(), provider.GetRequiredService<IOptions<KvpHostSettings>>()));
        services.AddHostedService<KvpHostService>();
        return new(services);
    }

    /// <summary>Adds a host with settings from the configuration, for example of its section <c>Kvp</c>.</summary>
    /// <inheritdoc cref="AddKvpHost(IServiceCollection, Action{KvpHostSettings})"/>
    /// <param name="services">The services of the application.</param>
    /// <param name="configuration">A section whose keys are the properties of <see cref="KvpHostSettings"/>.</param>
    public static KvpHostBuilder AddKvpHost(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        KvpHostBuilder builder = services.AddKvpHost();
        services.AddOptions<KvpHostSettings>().Bind(configuration);
        return builder;
    }

    /// <summary>Adds a guest: <see cref="KvpGuestHealthCheck"/> and what keeps a link to the host while the application
    /// runs.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets the settings; they are checked when the application starts.</param>
    public static KvpGuestBuilder AddKvpGuest(this IServiceCollection services, Action<KvpGuestSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        KvpGuestBuilder builder = services.AddKvpGuest();
        services.Configure(configure);
        return builder;
    }

    /// <summary>Adds a guest with the settings that it has by default.</summary>
    /// <inheritdoc cref="AddKvpGuest(IServiceCollection, Action{KvpGuestSettings})"/>
    public static KvpGuestBuilder AddKvpGuest(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<KvpGuestSettings>().ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<KvpGuestSettings>, SettingsValidator<KvpGuestSettings>>());
        services.TryAddSingleton(provider => new HostedGuest(provider));
        services.TryAddSingleton(provider => new KvpGuestHealthCheck(provider.GetRequiredService<HostedGuest>()));
        services.AddHostedService<KvpGuestService>();
        return new(services);
    }

    /// <summary>Adds a guest with settings from the configuration, for example of its section <c>Kvp</c>.</summary>
    /// <inheritdoc cref="AddKvpGuest(IServiceCollection, Action{KvpGuestSettings})"/>
    /// <param name="services">The services of the application.</param>
    /// <param name="configuration">A section whose keys are the properties of <see cref="KvpGuestSettings"/>.</param>
    public static KvpGuestBuilder AddKvpGuest(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        KvpGuestBuilder builder = services.AddKvpGuest();
        services.AddOptions<KvpGuestSettings>().Bind(configuration);
        return builder;
    }
}
