namespace KvpRpc.Calls;

/// <summary>Gives the object that runs a call: always the same, or a new one for each call.</summary>
internal sealed class ServiceInstances<TContract>
    where TContract : class
{
    private readonly TContract? _single;
    private readonly Func<TContract>? _create;

    internal ServiceInstances(TContract single) => _single = single;

    internal ServiceInstances(Func<TContract> create) => _create = create;

    internal bool ArePerCall => _create is not null;

    internal TContract Get() =>
        _single ?? _create!() ?? throw new InvalidOperationException($"The factory of {typeof(TContract)} gave null.");

    /// <summary>Disposes of an object that was made for one call.</summary>
    internal static async ValueTask ReleaseAsync(TContract service)
    {
        if (service is IAsyncDisposable asyncDisposable)
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        else
            (service as IDisposable)?.Dispose();
    }
}
