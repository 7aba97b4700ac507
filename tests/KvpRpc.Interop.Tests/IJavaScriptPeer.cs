namespace KvpRpc.Interop.Tests;

/// <summary>What the JavaScript peer offers; <c>tests/js/program.js</c> has it.</summary>
[KvpService(Name = "interop.Peer")]
public interface IJavaScriptPeer
{
    Task<string> EchoAsync(string text, CancellationToken cancellationToken);

    Task WaitAsync(CancellationToken cancellationToken);

    [KvpMethod(OneWay = true)]
    Task NoteAsync(string text, CancellationToken cancellationToken);

    Task MissingAsync(CancellationToken cancellationToken);

    IAsyncEnumerable<int> CountAsync(int from, int count, CancellationToken cancellationToken);

    Task<int> SumAsync(int start, IAsyncEnumerable<int> numbers, CancellationToken cancellationToken);
}
