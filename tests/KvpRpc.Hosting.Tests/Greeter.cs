using System.Runtime.CompilerServices;

namespace KvpRpc.Hosting.Tests;

/// <summary>A service that uses what its scope has.</summary>
internal sealed class Greeter(Visit visit, Greeter.Greeting greeting) : IGreeter
{
    public Task<string> GreetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(
        $"{greeting.Text}, {name}. Visit {visit.Number} from {RpcContext.Current!.Peer.VirtualMachineName ?? "host"}.");

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource never = new();
        await never.Task.WaitAsync(cancellationToken);
    }

    public async IAsyncEnumerable<string> GreetManyAsync(
        int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            yield return await GreetAsync($"{i}", cancellationToken);
            Assert.False(visit.IsDisposed);
        }
    }

    internal sealed record Greeting(string Text);
}
