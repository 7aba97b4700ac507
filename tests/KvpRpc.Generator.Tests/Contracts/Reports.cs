namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>Takes reports at once, where <see cref="Progress{T}"/> posts them.</summary>
internal sealed class Reports<T>(Action<T> take) : IProgress<T>
{
    public void Report(T value) => take(value);
}
