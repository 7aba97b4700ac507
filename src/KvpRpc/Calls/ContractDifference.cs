using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>Says in what two sides' contracts of a method differ.</summary>
/// <remarks>A signature is the line of the method, and then for each type that it uses a line with its name, and
/// indented ones with its members.</remarks>
internal static class ContractDifference
{
    /// <summary>How much of a signature crosses.</summary>
    internal const int MaxSignatureLength = 1500;

    private const int MaxMembers = 5;

    /// <summary>Gets what a callee tells a caller whose arguments it cannot read; nothing, if nothing is
    /// known.</summary>
    internal static IReadOnlyList<object> Tell(RpcMethod method) =>
        method.Signature.Length == 0
            ? []
            : [new RpcContractMismatch(method.FullName, Cut(method.Signature), CallerSignature: null)];

    /// <summary>Completes an error of the callee that tells its signature by the caller's, and says what differs.
    /// Where nothing does, the contract is not to blame, and nothing is said of it.</summary>
    internal static RpcException Explain(RpcException error, RpcMethod method)
    {
        if (error.GetDetail<RpcContractMismatch>() is not { CallerSignature: null } told
            || told.Method != method.FullName
            || method.Signature.Length == 0)
        {
            return error;
        }

        string own = Cut(method.Signature);
        IEnumerable<object> others = error.Details.Where(detail => detail != (object)told);
        bool isSame = own == told.CalleeSignature;
        string message = isSame
            ? error.Message
            : $"{error.Message} The contracts differ: {Describe(own, told.CalleeSignature)}";
        return new(error.StatusCode, message, error.CertainlyNotRun, error.InnerException)
        {
            RetryAfter = error.RetryAfter,
            Trailers = error.Trailers,
            Details = isSame ? [.. others] : [.. others, told with { CallerSignature = own }],
        };
    }

    private static string Describe(string caller, string callee)
    {
        List<string> own = GetMembers(caller);
        List<string> others = GetMembers(callee);
        return $"this side says {List(own.Except(others))}, the peer says {List(others.Except(own))}.";
    }

    private static string List(IEnumerable<string> members)
    {
        string[] all = [.. members];
        string shown = all.Length == 0 ? "nothing of that" : string.Join("; ", all.Take(MaxMembers));
        return all.Length > MaxMembers ? $"{shown}; and {all.Length - MaxMembers} more" : shown;
    }

    /// <summary>Gets the method, and each member with its type's name before it.</summary>
    private static List<string> GetMembers(string signature)
    {
        List<string> members = [];
        string type = string.Empty;
        foreach (string line in signature.Split('\n'))
        {
            if (line.StartsWith(' '))
                members.Add($"{type}, {line.Trim()}");
            else
                members.Add(type = line);
        }

        return members;
    }

    private static string Cut(string text) => text.Length <= MaxSignatureLength ? text : text[..MaxSignatureLength];
}
