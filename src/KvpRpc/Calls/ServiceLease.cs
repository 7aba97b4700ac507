namespace KvpRpc.Calls;

/// <summary>The object that runs a call, and what is to be disposed of after it.</summary>
/// <param name="Instance">The object; null: it comes from <paramref name="Resolve"/>.</param>
/// <param name="Owner">What was made for this call alone: the object itself, the scope that it comes from; null:
/// nothing.</param>
/// <param name="Resolve">Gets the object from the owner, which is disposed of also when this throws.</param>
internal readonly record struct ServiceLease<TContract>(
    TContract? Instance, object? Owner, Func<object, TContract>? Resolve = null)
    where TContract : class
{
    internal TContract GetService() => Instance ?? Resolve?.Invoke(Owner!)
        ?? throw new InvalidOperationException($"The factory of {typeof(TContract)} gave null.");
}
