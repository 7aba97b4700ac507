using KvpRpc.Links;

namespace KvpRpc.Resilience;

/// <summary>What the attempts at one call have in common.</summary>
/// <param name="Method">The method's name on the wire.</param>
/// <param name="First">The stream of the first attempt; of no meaning where there is an id.</param>
/// <param name="Id">The caller's id of the call, in hexadecimal digits; empty: none.</param>
internal readonly record struct AnswerKey(string Method, KvpStreamId First, string Id);
