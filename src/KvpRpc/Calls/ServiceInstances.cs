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

    internal ServiceLease<TContract> Rent() => _rent();
}
