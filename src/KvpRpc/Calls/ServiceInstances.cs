namespace KvpRpc.Calls;

/// <summary>Gives the object that runs a call: always the same, or a new one for each call.</summary>
internal sealed class ServiceInstances<TContract>
    where TContract : class
{
    private readonly Func<ServiceLease<TContract>> _rent;

    internal ServiceInstances(TContract single) => _rent = () => new(single, Owner: null);

    internal ServiceInstances(Func<TContract> create) => _rent = () =>
    {
        TContract service = create();
        return new(service, Owner: service);
    };

    internal ServiceInstances(Func<ServiceLease<TContract>> rent) => _rent = rent;

    /// <summary>Gets the object for a call, which disposes of what was made for it alone when it ends.</summary>
    internal TContract Get(InboundCall call)
    {
        ServiceLease<TContract> lease = _rent();
        call.ServiceOwner = lease.Owner;
        return lease.GetService();
    }
}
