using PolyType;
using StreamJsonRpc;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>The part of the contract that StreamJsonRpc is compared by, with the proxy that its generator
/// makes.</summary>
[JsonRpcContract]
[GenerateShape(IncludeMethods = MethodShapeFlags.PublicInstance)]
public partial interface IAsk
{
    Task<Answer> AskAsync(Question question, CancellationToken cancellationToken);
}
