using System.ComponentModel;
using KvpRpc.Calls;

namespace KvpRpc.Generated;

/// <summary>An argument of a call that is more than a value: items that go to the callee while the call runs, or
/// reports that come back. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RpcStreamArgument
{
    private protected RpcStreamArgument(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Index = index;
    }

    /// <summary>Gets the argument's place among those of its kind, from 0.</summary>
    public int Index { get; }

    /// <summary>Gets whether items go to the callee.</summary>
    internal virtual bool IsStream => false;

    /// <summary>Gets whether reports are wanted.</summary>
    internal virtual bool IsListening => false;

    /// <summary>Enumerates the source to its end.</summary>
    internal virtual Task SendAsync(OutboundArguments arguments) => Task.CompletedTask;

    /// <summary>Hands the next report over.</summary>
    internal virtual void Report(ref ItemCursor reports, int maxBytes, string method, OutboundArguments arguments)
    {
    }
}

/// <summary>An argument that is a stream: an <see cref="IAsyncEnumerable{T}"/>. For generated code.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RpcItemsArgument<T> : RpcStreamArgument
{
    /// <summary>Initializes an argument.</summary>
    /// <param name="index">Its place among the method's parameters that are streams, from 0.</param>
    /// <param name="item">How an item crosses.</param>
    /// <param name="source">What is enumerated while the call runs; again if the call is made again.</param>
    public RpcItemsArgument(int index, RpcSerializer<T> item, IAsyncEnumerable<T> source)
        : base(index)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(source);
        Item = item;
        Source = source;
    }

    internal RpcSerializer<T> Item { get; }

    internal IAsyncEnumerable<T> Source { get; }

    internal override bool IsStream => true;

    internal override Task SendAsync(OutboundArguments arguments) => arguments.SendAsync(Index, Item, Source);
}

/// <summary>An argument that takes reports: an <see cref="IProgress{T}"/>. For generated code.</summary>
/// <typeparam name="T">The type of a report.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RpcProgressArgument<T> : RpcStreamArgument
{
    /// <summary>Initializes an argument.</summary>
    /// <param name="index">Its place among the method's parameters that take reports, from 0; at most 31.</param>
    /// <param name="report">How a report crosses.</param>
    /// <param name="sink">What takes the reports, one after the other; null: they are not wanted.</param>
    public RpcProgressArgument(int index, RpcSerializer<T> report, IProgress<T>? sink)
        : base(index)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, CallHeader.MaxProgressArguments - 1);
        Serializer = report;
        Sink = sink;
    }

    internal RpcSerializer<T> Serializer { get; }

    internal IProgress<T>? Sink { get; }

    internal override bool IsListening => Sink is not null;

    internal override void Report(ref ItemCursor reports, int maxBytes, string method, OutboundArguments arguments) =>
        arguments.Report(Sink!, reports.Read(Serializer, maxBytes, method));
}
