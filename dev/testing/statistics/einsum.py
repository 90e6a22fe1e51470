"""Writes einsum.json, the reference values of the tests of einsum: `python einsum.py > einsum.json`."""
import numpy as np, json
def arr(*shape):
    n=int(np.prod(shape)); return ((np.arange(n)*7)%11-5).reshape(shape).astype(float)
cases=[["ij,jk->ik",[[2,3],[3,4]]],["ij,jk,k->i",[[2,3],[3,4],[4]]],["ii->i",[[3,3]]],["ii",[[3,3]]],["ij->ji",[[2,3]]],["ij->",[[2,3]]],["i,i->",[[4],[4]]],["i,j->ij",[[2],[3]]],["ij,ij->ij",[[2,3],[2,3]]],
["bij,bjk->bik",[[2,3,4],[2,4,5]]],["...ij,...jk->...ik",[[2,3,4],[4,5]]],["...i,...i->...",[[2,3,4],[3,4]]],["ijk,ljk->il",[[2,3,4],[5,3,4]]],["bhqd,bhkd->bhqk",[[2,2,3,4],[2,2,5,4]]],["ab,bc,cd,de->ae",[[2,3],[3,4],[4,5],[5,2]]],["ba,ca",[[2,3],[4,3]]],["iij,jk->ki",[[3,3,2],[2,4]]],["i,ij,j->",[[2],[2,3],[3]]],["ijkl->jl",[[2,3,4,2]]],["ab,ab,ab->b",[[2,3],[2,3],[2,3]]],["a...b->b...a",[[2,3,4]]],["ij,kj->",[[2,3],[4,3]]],[",i->i",[[],[3]]],["aij,jk->aik",[[1,2,3],[3,4]]]]
out=[]
for s,shapes in cases:
    xs=[arr(*sh) for sh in shapes]
    y=np.einsum(s,*xs); out.append({"subscripts":s,"shapes":shapes,"shape":list(y.shape),"values":[float(v) for v in np.ravel(y)]})
print(json.dumps(out))
