using KvpRpc.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace KvpRpc.Hosting;

/// <summary>Gives each call a service of a scope of its own, which ends with the call.</summary>
internal static class ScopedService
{
    internal static ServiceLease<TContract> Rent<TContract, TService>(IServiceScopeFactory scopes)
        where TContract : class
        where TService : class, TContract =>
        new(
            Instance: null,
            Owner: scopes.CreateAsyncScope(),
            Resolve: static scope => ((AsyncServiceScope)scope).ServiceProvider.GetRequiredService<TService>());
}
