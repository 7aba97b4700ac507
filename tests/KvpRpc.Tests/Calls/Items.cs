using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace KvpRpc.Tests.Calls;

/// <summary>Streams to give to calls and handlers.</summary>
internal static class Items
{
    /// <summary>Items that are all there at once.</summary>
    internal static async IAsyncEnumerable<T> From<T>(IEnumerable<T> items)
    {
        await ValueTask.CompletedTask;
        foreach (T item in items)
            yield return item;
    }

    /// <summary>Items that each come from elsewhere, so that the receiver waits for every one.</summary>
    internal static async IAsyncEnumerable<T> OneByOne<T>(IEnumerable<T> items)
    {
        foreach (T item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    /// <summary>Some items, and then an exception.</summary>
    internal static async IAsyncEnumerable<T> Broken<T>(IEnumerable<T> items, Exception exception)
    {
        await foreach (T item in From(items))
            yield return item;
        throw exception;
    }

    /// <summary>Items that a test gives one by one.</summary>
    internal static IAsyncEnumerable<T> Of<T>(Channel<T> channel, CancellationToken token = default) =>
        channel.Reader.ReadAllAsync(token);

    /// <summary>Items without end, counted as they are taken; tells when it is disposed of.</summary>
    internal static async IAsyncEnumerable<T> Endless<T>(
        Func<int, T> make, Source source, [EnumeratorCancellation] CancellationToken token = default)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                token.ThrowIfCancellationRequested();
                source.Taken = i + 1;
                if (i % 16 == 15)
                    await Task.Yield();
                yield return make(i);
            }
        }
        finally
        {
            source.Ended.TrySetResult();
        }
    }

    internal sealed class Source
    {
        internal volatile int Taken;

        internal TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
