namespace KvpRpc.Benchmarks.Rpc;

/// <summary>The part of the contract that StreamJsonRpc is compared by, public for the proxy that it makes.</summary>
public interface IAsk
{
    Task<Answer> AskAsync(Question question, CancellationToken cancellationToken);
}
