namespace KvpRpc.Interop.Tests;

/// <summary>What the .NET side offers to the JavaScript peer.</summary>
[KvpService(Name = "interop.DotNet")]
public interface IDotNetPeer
{
    Task<string> EchoAsync(string text, CancellationToken cancellationToken);

    Task WaitAsync(CancellationToken cancellationToken);

    [KvpMethod(OneWay = true)]
    Task NoteAsync(string text, CancellationToken cancellationToken);

    Task FailAsync(string message, CancellationToken cancellationToken);

    IAsyncEnumerable<int> CountAsync(int from, int count, CancellationToken cancellationToken);

    Task<int> SumAsync(int start, IAsyncEnumerable<int> numbers, CancellationToken cancellationToken);
}
