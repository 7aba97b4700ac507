using KvpRpc.Calls;
using KvpRpc.Generated;

namespace KvpRpc;

/// <summary>What can be done with every client.</summary>
public static class RpcClients
{
    /// <summary>Gets a client like this one whose calls are made as told. It is cheap: meant for one call.</summary>
    /// <param name="client">A client that <see cref="RpcPeer.CreateClient"/> or this method gave.</param>
    /// <param name="options">What is other than for the client's calls.</param>
    /// <exception cref="ArgumentException"><paramref name="client"/> is no such client.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of its range.</exception>
    public static TContract With<[KvpContract] TContract>(TContract client, RpcCallOptions options)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        RpcInvoker invoker = (client as IRpcClient)?.Invoker switch
        {
            ClientInvoker plain => plain.With(options),
            InterceptedInvoker intercepted => intercepted.With(options),
            _ => throw new ArgumentException("This object is no client of a peer.", nameof(client)),
        };
        return RpcContracts.Get<TContract>().CreateClient(invoker);
    }
}
